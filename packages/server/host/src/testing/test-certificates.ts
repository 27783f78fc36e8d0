import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Files of one certificate, and its text. */
export interface TestCertificate {
  readonly certPath: string;
  readonly keyPath: string;
  readonly certificate: string;
  readonly privateKey: string;
}

/** An authority of its own, made with OpenSSL, in a folder. */
export class TestAuthority {
  readonly #folder: string;
  readonly #name: string;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  static async create(folder: string, name: string): Promise<TestAuthority> {
    const authority = new TestAuthority(folder, name);
    await authority.#request(name, ["-addext", "basicConstraints=critical,CA:TRUE"]);
    return authority;
  }

  get certPath(): string {
    return path.join(this.#folder, `${this.#name}.pem`);
  }

  /** Issues a certificate for 127.0.0.1. */
  async issue(name: string): Promise<TestCertificate> {
    const key = path.join(this.#folder, `${this.#name}.key`);
    const signer = ["-CA", this.certPath, "-CAkey", key];
    return await this.#request(name, [...signer, "-addext", "subjectAltName=IP:127.0.0.1"]);
  }

  async #request(name: string, more: readonly string[]): Promise<TestCertificate> {
    const certPath = path.join(this.#folder, `${name}.pem`);
    const keyPath = path.join(this.#folder, `${name}.key`);
    await execute("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", "2", "-subj", `/CN=${name}`, "-out", certPath, "-keyout", keyPath, ...more],
    ]);
    const [certificate, privateKey] = await Promise.all([
      readFile(certPath, "utf8"),
      readFile(keyPath, "utf8"),
    ]);
    return { certPath, keyPath, certificate, privateKey };
  }
}

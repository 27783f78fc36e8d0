import type { Socket } from "node:net";
import { ConnectedClient } from "./connected-client.js";
import {
  goAwayFrame,
  type Http2Limits,
  pingAckFrame,
  pingFrame,
  readSettings,
  resetFrame,
  settingsAckFrame,
  settingsFrame,
} from "./control-frames.js";
import { FrameFlag, FrameType, Setting } from "./frame.js";
import { FrameReader, type IncomingFrame } from "./frame-reader.js";
import { HpackDecoder } from "./hpack-decoder.js";
import { Http2ConnectionError, Http2ErrorCode, protocolBroken } from "./http2-error.js";
import type { Http2ConnectionOptions, Http2Handler } from "./http2-handler.js";
import { Http2Output } from "./http2-output.js";
import { ReceiveWindows } from "./receive-windows.js";
import { ResetBudget } from "./reset-budget.js";
import { type Response, ServerStream, type StreamCarrier } from "./server-stream.js";
import { StreamSender, WINDOW_BYTES_MAX } from "./stream-sender.js";

const HEADER_TABLE_BYTES = 4096;

/** One client's connection: HTTP/2 with prior knowledge (RFC 9113), the server's side. */
export class Http2Connection implements StreamCarrier {
  readonly client: ConnectedClient;
  readonly #socket: Socket;
  readonly #limits: Http2Limits;
  readonly #handler: Http2Handler;
  readonly #output: Http2Output;
  readonly #sender: StreamSender;
  readonly #hpack: HpackDecoder;
  readonly #reader: FrameReader;
  readonly #streams = new Map<number, ServerStream>();
  /** Pings that wait for their answers, which come in the same order. */
  readonly #pings: (() => void)[] = [];
  readonly #windows: ReceiveWindows;
  readonly #resets: ResetBudget;
  #lastStreamId = 0;
  #isGoingAway = false;
  #isClosed = false;

  constructor(socket: Socket, { limits, clock, handler }: Http2ConnectionOptions) {
    this.client = new ConnectedClient(socket);
    this.#socket = socket;
    this.#limits = limits;
    this.#handler = handler;
    this.#output = new Http2Output(socket);
    this.#sender = new StreamSender(this.#output, (stream) => this.#endLocal(stream));
    const { maxHeaderBytes: headerBytes, windowBytes } = limits;
    this.#hpack = new HpackDecoder({ tableBytes: HEADER_TABLE_BYTES, headerBytes });
    this.#windows = new ReceiveWindows(this.#output, windowBytes);
    this.#resets = new ResetBudget(clock);
    this.#reader = new FrameReader(headerBytes, (frame) => this.#onFrame(frame));
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("drain", () => this.#sender.pumpAll());
    // A socket that breaks is told by its close.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#onClose());
    this.#sendPreface();
  }

  /** Takes no new streams, and closes when those under way have ended. */
  goAway(): void {
    if (this.#isGoingAway || this.#isClosed) return;
    this.#isGoingAway = true;
    this.#output.send(goAwayFrame(this.#lastStreamId, Http2ErrorCode.NO_ERROR));
    this.#closeIfDone();
  }

  /** Asks whether the client is still there; `onAnswer` is called when it answers. */
  ping(onAnswer: () => void): void {
    this.#pings.push(onAnswer);
    this.#output.send(pingFrame());
  }

  /** Ends the connection and its streams at once. */
  destroy(): void {
    this.#output.flush();
    this.#socket.destroy();
    this.#onClose();
  }

  sendHead(stream: ServerStream, block: Buffer): void {
    this.#sender.sendHead(stream, block);
  }

  trySendResponse(stream: ServerStream, response: Response): boolean {
    return this.#sender.trySendResponse(stream, response);
  }

  pump(stream: ServerStream): void {
    this.#sender.pump(stream);
  }

  keep(stream: ServerStream, bytes: number): void {
    this.#windows.keep(stream, bytes);
  }

  release(stream: ServerStream, bytes: number): void {
    this.#windows.keep(stream, -bytes);
    this.#windows.credit();
    if (!stream.isRemoteClosed) this.#windows.creditStream(stream);
  }

  reset(stream: ServerStream, code: Http2ErrorCode): void {
    this.#sendReset(stream.id, code);
    this.#remove(stream);
  }

  #sendPreface(): void {
    this.#output.send(settingsFrame(this.#limits));
    this.#windows.open();
  }

  #receive(chunk: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof Http2ConnectionError)) throw error;
      this.#handler.onBroken?.(this, error);
      this.#output.send(goAwayFrame(this.#lastStreamId, error.code));
      this.#output.flush();
      // Who reads nothing would keep the socket open for ever.
      if (this.#output.isCongested) this.#socket.destroy();
      else this.#socket.destroySoon();
      this.#onClose();
    }
  }

  #onFrame(frame: IncomingFrame): void {
    if (this.#isClosed) return;
    switch (frame.type) {
      case FrameType.DATA:
        return this.#onData(frame);
      case FrameType.HEADERS:
        return this.#onHeaders(frame);
      case FrameType.RST_STREAM:
        return this.#onReset(frame);
      case FrameType.SETTINGS:
        return this.#onSettings(frame);
      case FrameType.PING:
        return this.#onPing(frame);
      case FrameType.WINDOW_UPDATE:
        return this.#onWindowUpdate(frame);
      case FrameType.GOAWAY:
        this.#isGoingAway = true;
        return this.#closeIfDone();
      default:
        // PRIORITY and frames of unknown types mean nothing here.
        return;
    }
  }

  #onHeaders({ streamId, payload, flags }: IncomingFrame): void {
    // Also a block that nobody wants must be decoded: the ones after it build on it.
    const headers = this.#hpack.decode(payload);
    const isEnd = (flags & FrameFlag.END_STREAM) !== 0;
    const known = this.#streams.get(streamId);
    if (known !== undefined) {
      if (known.isRemoteClosed || !isEnd) throw protocolBroken("Headers within a stream");
      return this.#endRemote(known);
    }
    if (streamId <= this.#lastStreamId) return;
    if (streamId % 2 === 0) throw protocolBroken("A client's stream has an odd number");
    this.#lastStreamId = streamId;
    if (this.#isGoingAway) return this.#sendReset(streamId, Http2ErrorCode.REFUSED_STREAM);
    if (this.#streams.size >= this.#limits.maxConcurrentStreams) {
      return this.#sendReset(streamId, Http2ErrorCode.REFUSED_STREAM);
    }
    if (headers === undefined) {
      return this.#sendReset(streamId, Http2ErrorCode.ENHANCE_YOUR_CALM);
    }
    if (!headers.has(":method") || !headers.has(":path")) {
      return this.#sendReset(streamId, Http2ErrorCode.PROTOCOL_ERROR);
    }
    const options = { carrier: this, sendWindow: this.#sender.streamWindow };
    const stream = new ServerStream(streamId, headers, options);
    this.#streams.set(streamId, stream);
    this.#handler.onStream(stream);
    if (isEnd) this.#endRemote(stream);
  }

  #onData({ streamId, payload, flags, windowBytes }: IncomingFrame): void {
    if (streamId > this.#lastStreamId) throw protocolBroken("Data of a stream that is not there");
    this.#windows.take(windowBytes);
    const stream = this.#streams.get(streamId);
    // Data may be under way of a stream that was reset or answered before its end.
    if (stream === undefined) return this.#windows.credit();
    if (stream.isRemoteClosed) throw protocolBroken("Data after the end of a stream");
    const isEnd = (flags & FrameFlag.END_STREAM) !== 0;
    if (!isEnd) this.#windows.takeOf(stream, windowBytes);
    if (payload.length > 0) stream.listener?.onData(payload);
    this.#windows.credit();
    if (isEnd) this.#endRemote(stream);
    else if (!stream.isClosed) this.#creditStream(stream);
  }

  #creditStream(stream: ServerStream): void {
    if (this.#windows.isFull) return this.#resetForClient(stream, Http2ErrorCode.ENHANCE_YOUR_CALM);
    this.#windows.creditStream(stream);
  }

  #onReset({ streamId }: IncomingFrame): void {
    if (streamId > this.#lastStreamId) throw protocolBroken("Reset of a stream that is not there");
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    this.#resets.spend();
    this.#remove(stream);
  }

  /** Resets a stream because of what the client sent on it. */
  #resetForClient(stream: ServerStream, code: Http2ErrorCode): void {
    this.#resets.spend();
    this.reset(stream, code);
  }

  #onSettings({ flags, payload }: IncomingFrame): void {
    if ((flags & FrameFlag.ACK) !== 0) return;
    readSettings(payload, (id, value) => this.#applySetting(id, value));
    this.#output.sendControl(settingsAckFrame());
    this.#sender.pumpAll();
  }

  #applySetting(id: number, value: number): void {
    if (id === Setting.INITIAL_WINDOW_SIZE) {
      this.#sender.setStreamWindow(value, this.#streams.values());
    } else if (id === Setting.MAX_FRAME_SIZE) this.#sender.setFrameBytes(value);
    else if (id === Setting.ENABLE_PUSH && value > 1) throw protocolBroken("Push setting");
    // The other settings limit what this side never does: no table, no pushed streams.
  }

  #onPing({ flags, payload }: IncomingFrame): void {
    if ((flags & FrameFlag.ACK) !== 0) {
      this.#pings.shift()?.();
      return;
    }
    this.#output.sendControl(pingAckFrame(payload));
  }

  #onWindowUpdate({ streamId, payload }: IncomingFrame): void {
    const more = payload.readUInt32BE(0) & WINDOW_BYTES_MAX;
    if (streamId === 0) return this.#sender.allow(more);
    if (streamId > this.#lastStreamId) throw protocolBroken("Window of a stream that is not there");
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    stream.sendWindow += more;
    if (more === 0) this.#resetForClient(stream, Http2ErrorCode.PROTOCOL_ERROR);
    else if (stream.sendWindow > WINDOW_BYTES_MAX) {
      this.#resetForClient(stream, Http2ErrorCode.FLOW_CONTROL_ERROR);
    } else this.#sender.pump(stream);
  }

  #endRemote(stream: ServerStream): void {
    stream.isRemoteClosed = true;
    if (!stream.isClosed) stream.listener?.onEnd();
    if (stream.isLocalClosed && !stream.isClosed) this.#remove(stream);
  }

  #endLocal(stream: ServerStream): void {
    stream.isLocalClosed = true;
    if (stream.isRemoteClosed) return this.#remove(stream);
    // An answer before the request's end, which mostly comes with the next frame. If it does not,
    // the rest of the request is not wanted.
    setImmediate(() => {
      if (stream.isClosed || this.#isClosed) return;
      this.reset(stream, Http2ErrorCode.NO_ERROR);
    });
  }

  #remove(stream: ServerStream): void {
    this.#streams.delete(stream.id);
    this.#sender.forget(stream);
    this.#windows.forget(stream);
    stream.close();
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (!this.#isGoingAway || this.#streams.size > 0 || this.#isClosed) return;
    this.#output.flush();
    this.#socket.destroySoon();
  }

  #sendReset(streamId: number, code: Http2ErrorCode): void {
    this.#output.sendControl(resetFrame(streamId, code));
  }

  #onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stream of [...this.#streams.values()]) stream.close();
    this.#streams.clear();
    this.#handler.onClose(this);
  }
}

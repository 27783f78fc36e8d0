// cspell:ignore asensitive binlog distinctrow gtids infile localtime localtimestamp maxvalue
// cspell:ignore middleint sqlexception sqlstate sqlwarning varcharacter
/**
 * Words of the SQL dialect that can't be names of attributes, unless they are quoted with `\``.
 * Source: the official server refuses a filter with one of them at that word.
 */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  [
    "accessible add as asensitive auto_increment before binary both by call cascade case change",
    "check collate condition continue convert create cross current_date current_time",
    "current_timestamp current_user cursor database databases day_hour day_microsecond day_minute",
    "day_second dec declare default delayed delete describe deterministic distinct distinctrow div",
    "drop each else elseif enclosed end escaped exists exit explain fetch float4 float8 for force",
    "from generated get grant having high_priority hour_microsecond hour_minute hour_second if",
    "ignore index infile inner inout insensitive insert int1 int2 int3 int4 int8 interval into",
    "io_after_gtids iterate join key kill leading leave left linear lines load localtime",
    "localtimestamp lock long loop low_priority master_bind match maxvalue middleint",
    "minute_microsecond minute_second mod modifies natural next no_write_to_binlog on",
    "optimizer_costs option optionally out outer outfile precision range read_write reads",
    "references release rename repeat replace require resignal restrict return revoke right schema",
    "schemas second_microsecond select sensitive separator set show signal specific sql",
    "sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl",
    "starting stored straight_join substr substring table tables terminated then to trailing undo",
    "union unique unlock update usage use using utc_date utc_time utc_timestamp values",
    "varcharacter varying virtual when where while xor year_month",
  ].flatMap((line) => line.split(" ")),
);

package dev.aerostat.vhost.user;

/** What a test breaks on purpose, to see that it is noticed. */
enum MapperSabotage {
  NOTHING,

  /** The mapper reports that it has mapped, and has not: deflates are acknowledged before. */
  ACKNOWLEDGE_BEFORE_MAP,

  /** The first page of an inflate message never reaches the books. */
  LOSE_A_PAGE,

  /** The driver is told of a new target, asks for it, and is given none. */
  STALE_CONFIG
}

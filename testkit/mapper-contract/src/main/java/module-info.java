/**
 * What every mapper must do, as clauses that a test or a program can run: {@link
 * dev.aerostat.mapper.contract.MapperClause}.
 *
 * <p>It needs no test framework. {@code dev.aerostat.testkit} runs the clauses as JUnit tests, the
 * command {@code aerostat selftest} on a user's host.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.mapper.contract {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.mapper.spi;

  exports dev.aerostat.mapper.contract;
}

/**
 * Contract tests for authors of trackers and mappers: extend a class, say how one is made, and run
 * it with JUnit.
 *
 * <p>Open, so that JUnit and jqwik find the tests by reflection.
 */
@org.jspecify.annotations.NullMarked
open module dev.aerostat.testkit {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.mapper.contract;
  requires transitive dev.aerostat.mapper.spi;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires transitive net.jqwik.api;
  requires com.google.common;
  requires jdk.management;

  exports dev.aerostat.testkit;
}

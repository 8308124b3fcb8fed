package dev.aerostat.vhost.user;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** Tests with a guest: skipped, where there can be none. */
abstract class RealDriver {
  @BeforeAll
  static void canRunHere() {
    String whyNot = LinuxGuest.whyNot();
    Assumptions.assumeTrue(whyNot.isEmpty(), whyNot);
  }
}

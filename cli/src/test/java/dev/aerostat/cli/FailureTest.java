package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.cli.boot.Reports;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailureTest {
  private static Invocation boot(FakeSimulator.Answer answer, String... more) {
    String[] args = new String[3 + more.length];
    System.arraycopy(new String[] {"boot", "--memory", "8G"}, 0, args, 0, 3);
    System.arraycopy(more, 0, args, 3, more.length);
    return Invocation.of(new FakeSimulator(answer), args);
  }

  @Test
  void ofTheMapperIsOneLineAndNothingIsPrinted() {
    Invocation invocation =
        boot(
            _ -> {
              throw new IllegalStateException("mapper 'vfio' is not available: no /dev/vfio");
            });
    assertEquals(
        new Invocation(1, "", "aerostat: mapper 'vfio' is not available: no /dev/vfio\n"),
        invocation);
  }

  @Test
  void ofTheHostNamesItsRuleAndWhatToDo() {
    Invocation invocation =
        boot(
            _ -> {
              throw new HostRefusedException(
                  HostOperation.MAP,
                  0x1000,
                  0x2000,
                  Errno.ENOSPC,
                  new RefusalCause.EntryLimit(512),
                  HostRefusedException.State.UNCHANGED);
            });
    assertEquals(1, invocation.exitCode());
    assertEquals("", invocation.out());
    assertTrue(invocation.err().startsWith("aerostat: MAP of 0x2000 bytes"), invocation.err());
    assertEquals(1, invocation.err().lines().count(), invocation.err());
  }

  @Test
  void whereSomebodyLooksOnIsBrokenBetweenWordsAndNowhereElse() {
    FakeSimulator refusing =
        new FakeSimulator(
            _ -> {
              throw new IOException("the host may lock 8 MiB of memory and the guest has 8 GiB");
            });
    String[] boot = {"boot", "--memory", "8G"};
    String seen = Invocation.seenWithin(40, refusing, boot).err();
    assertTrue(
        seen.endsWith(
            """
            aerostat: the host may lock 8 MiB of
                      memory and the guest has 8 GiB
            """),
        seen);
    assertEquals(
        "aerostat: the host may lock 8 MiB of memory and the guest has 8 GiB\n",
        Invocation.within(40, refusing, boot).err());
  }

  @Test
  void ofARecordingIsOneLineEvenIfItsMessageIsNot() {
    var simulator =
        new FakeSimulator(
            _ -> {
              throw new IOException("m1.trace, line 3:\n  found 'X'");
            });
    assertEquals(
        new Invocation(1, "", "aerostat: m1.trace, line 3: found 'X'\n"),
        Invocation.of(simulator, "replay", "m1.trace"));
  }

  @Test
  void ofOneFileOfSeveralPrintsNoneOfThem() {
    var calls = new int[1];
    var simulator =
        new FakeSimulator(
            scenario -> {
              if (++calls[0] == 2) {
                throw new NoSuchFileException("b");
              }
              return Reports.of(scenario);
            });
    assertEquals(
        new Invocation(
            1,
            "",
            "aerostat: there is no file 'b': expected a recording, such as those in"
                + " testkit/simulation/src/test/resources/traces of Aerostat's sources\n"),
        Invocation.of(simulator, "replay", "a", "b", "c"));
  }

  @Test
  void ofOneRunFailsAComparisonAndNamesTheRun() {
    var simulator =
        new FakeSimulator(
            scenario -> {
              if (scenario.prefaultThreads() == 8) {
                throw new IOException("no space");
              }
              return Reports.of(scenario);
            });
    assertEquals(
        new Invocation(1, "", "aerostat: sync-prefault with 8 GiB: no space\n"),
        Invocation.of(simulator, "compare", "--memory", "8G"));
  }

  @Test
  void ofJavasHeapSaysWhatToDo() {
    FakeSimulator.Answer full =
        _ -> {
          throw new OutOfMemoryError();
        };
    Invocation boot = boot(full);
    Invocation compare = Invocation.of(new FakeSimulator(full), "compare", "--memory", "8G");
    assertTrue(boot.err().startsWith("aerostat: out of memory: simulate a smaller"), boot.err());
    assertEquals(1, boot.exitCode());
    assertEquals(boot, compare);
  }

  @Test
  void ofOursAsksForAReport() {
    Invocation invocation =
        boot(
            _ -> {
              throw new UnsupportedOperationException("oops");
            });
    assertEquals(1, invocation.exitCode());
    assertTrue(invocation.err().contains("a bug of ours"), invocation.err());
    assertFalse(invocation.err().contains("\tat "), invocation.err());
  }

  @Test
  void isABreachOfARuleWhateverIsPrinted() {
    FakeSimulator.Answer breaching =
        scenario -> Reports.breaching(Reports.of(scenario), "page 7 was given back unmapped");
    for (String[] format : new String[][] {{}, {"--json"}}) {
      Invocation invocation = boot(breaching, format);
      assertEquals(1, invocation.exitCode());
      assertFalse(invocation.out().isEmpty());
      assertEquals(
          "aerostat: the rules were broken 3 times; the first breach: page 7 was given back"
              + " unmapped\n",
          invocation.err());
    }
  }

  @Test
  void isABreachOfARuleInOneRunOfManyToo() {
    var simulator =
        new FakeSimulator(scenario -> Reports.breaching(Reports.of(scenario), "the gate"));
    for (String[] args : new String[][] {{"compare", "--memory", "8G"}, {"replay", "a", "b"}}) {
      Invocation invocation = Invocation.of(simulator, args);
      assertEquals(1, invocation.exitCode());
      assertEquals(1, invocation.err().lines().count(), invocation.err());
    }
  }

  @Test
  void isAGateThatNeverOpened() {
    Invocation invocation = boot(_ -> Reports.hung());

    assertEquals(1, invocation.exitCode());
    assertFalse(invocation.out().isEmpty());
    assertEquals(
        "aerostat: the gate never opened; the host refused 7 calls, the last: MAP refused\n",
        invocation.err());
  }
}

package dev.aerostat.mapper.vfio.machine;

import java.io.IOException;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel's own VFIO, by type1v2 and by iommufd, behind an emulated IOMMU, on Debian's kernels.
 * What runs in a machine keeps one processor busy, so two machines run at a time.
 */
@Execution(ExecutionMode.CONCURRENT)
final class VfioMachineIT {
  private static final long SEED = new SecureRandom().nextInt() & 0xffff_ffffL;

  /** Far more than it takes: a machine that is shared is slow. */
  private static final int TIMEOUT_SECONDS = 900;

  /** With few entries: filling the container is quick, and the planner of the engine must cope. */
  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12"})
  void theMapperDoesWhatMustHold(String kernel) throws IOException, InterruptedException {
    machine(kernel)
        .with("--entry-limit", 100)
        .assertPass(
            Type1ContractInGuest.class,
            ReadyTimeInGuest.class,
            DifferentialInGuest.class,
            DmaJudgeInGuest.class,
            InterruptsInGuest.class,
            RelayInGuest.class,
            MessagesInGuest.class,
            FailuresInGuest.class,
            WithoutIommufdInGuest.class,
            KilledInGuest.class,
            MemoryLockInGuest.class,
            RemovalInGuest.class);
  }

  /** The same by iommufd, which Debian's kernels lack: its modules are built for one of them. */
  @Test
  void theMapperDoesByIommufdWhatMustHold() throws IOException, InterruptedException {
    machine("6.12-iommufd")
        .assertPass(
            IommufdContractInGuest.class,
            ReadyTimeInGuest.class,
            DifferentialInGuest.class,
            DmaJudgeInGuest.class,
            InterruptsInGuest.class,
            RelayInGuest.class,
            MessagesInGuest.class,
            FailuresInGuest.class,
            IommufdFailuresInGuest.class,
            KilledInGuest.class,
            MemoryLockInGuest.class,
            RemovalInGuest.class);
  }

  private static EmulatedMachine machine(String kernel) {
    return new EmulatedMachine(kernel)
        .with("--edu", 16)
        .with("--xhci", "on")
        .with("--memory", 3072)
        .with("--file", "../testkit/simulation/src/test/resources/traces/m1-k61-boot.trace.gz")
        .with("--timeout", TIMEOUT_SECONDS)
        .with("--jvm", "-XX:TieredStopAtLevel=1 -Xmx512m -Daerostat.seed=" + SEED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12-iommufd"})
  void aPlatformThatDoesNotIsolateInterruptsIsToldHowToAllowIt(String kernel)
      throws IOException, InterruptedException {
    new EmulatedMachine(kernel)
        .with("--intremap", "off")
        .with("--timeout", TIMEOUT_SECONDS)
        .with("--jvm", "-XX:TieredStopAtLevel=1")
        .assertPass(UnsafeInterruptsInGuest.class);
  }
}

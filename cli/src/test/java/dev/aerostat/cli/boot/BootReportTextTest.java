package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.cli.text.Terminal;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BootReportTextTest {
  @Test
  void tellsWhatHappenedWhenThenDrawsItThenCounts() {
    assertEquals(
        """
        384 GiB of memory, 7 GiB of it never ballooned, balloon pages of 2 MiB
        async · mapper sim · guest linux · seed 0

            0.00 s  the VMM starts, mapping begins
            1.00 s  the balloon driver loads
            2.44 s  the balloon is inflated
            2.53 s  the gate opens: ready for DMA
           96.00 s  all memory is mapped
           97.00 s  the balloon is empty: the guest has all its memory

               DMA  ░█████████████████████████████████████████████████  ░ waits █ open
           mapping  █████████████████████████████████████████████████
           balloon   █████████████████████████████████████████████████  ▒ fills █ holds
                    0 s                                         97.0 s

           inflate  755 messages gave 98,828,288 pages (377 GiB), in 193,024 runs
           tracker  at most 2 ranges, in 64 KiB
           deflate  755 messages took back 98,828,288 pages (377 GiB)
                    99.99 % of them mapped in advance, under 0.01 % on demand (2 maps)
                    answered within 12.0 µs (half of them), 3.10 ms (99 %), 9.64 ms (all)
               map  24,576 calls for 384 GiB; 24,576 mappings at the end, 24,576 at most
                    7.22 s in map calls, 82.9 s of populating
             rules  all kept: the observer saw no breach
        """,
        BootReportText.of(Reports.large(), OptionalLong.of(1_000_000_000), Terminal.UNLIMITED));
  }

  @Test
  void saysNeverOfWhatNeverHappened() {
    assertEquals(
        """
        8 GiB of memory, 1.13 GiB of it never ballooned, balloon pages of 4 KiB
        async · mapper sim · guest none · seed 0

            0.00 s  the VMM starts, mapping begins
             never  the gate opens: ready for DMA
             never  all memory is mapped

               map  0 calls for 0 bytes; 0 mappings at the end, 0 at most
                    0 s in map calls, 0 s of populating
              host  refused 7 calls
             rules  all kept: the observer saw no breach
        """,
        BootReportText.of(Reports.hung(), OptionalLong.empty(), Terminal.UNLIMITED));
  }

  @Test
  void doesNotClaimToKnowWhenARecordedDriverLoaded() {
    assertEquals(
        """
        384 GiB of memory, 7 GiB of it never ballooned, balloon pages of 2 MiB
        async · mapper sim · guest linux · seed 0

            0.00 s  the VMM starts, mapping begins
            2.44 s  the balloon is inflated
            2.53 s  the gate opens: ready for DMA
           96.00 s  all memory is mapped
           97.00 s  the balloon is empty: the guest has all its memory

               DMA  ░█████████████████████████████████████████████████  ░ waits █ open
           mapping  █████████████████████████████████████████████████
           balloon   █████████████████████████████████████████████████  █ holds
                    0 s                                         97.0 s

           inflate  755 messages gave 98,828,288 pages (377 GiB), in 193,024 runs
        """,
        BootReportText.of(Reports.large(), OptionalLong.empty(), Terminal.UNLIMITED)
            .lines()
            .limit(15)
            .reduce("", (a, b) -> a + b + "\n"));
  }
}

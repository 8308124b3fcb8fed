package dev.aerostat.vmm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String commandLine) {
    String[] words = commandLine.isEmpty() ? new String[0] : commandLine.split(" ");
    return Main.commandLine(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .execute(words);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|--kernel",
        "--kernel k --memory 8X|'8X' is not a size",
        "--kernel k --memory 99999999999999T|not a size",
        "--kernel k --memory 9999999999T|more than any machine has",
        "--kernel k --memory 3M|3145728 bytes",
        "--kernel k --cpus 5|5 processors: expected 1 to 4",
        "--kernel k --cpus 0|0 processors",
        "--kernel k --slowdown 0|expected 1 or more",
        "--kernel k --balloon-page 8K|expected 4K or 2M",
        "--kernel k --device 5.0|'5.0' is no PCI address",
        "--kernel k --transport isa|isa",
        "--kernel k --strategy later|later",
        "--kernel k --early-dma never|never",
        "--kernel k --early-dma-limit 0|waits for 0 s: expected 1 s to",
        "--kernel k --early-dma-limit -5|waits for -5 s",
        "--kernel k --early-dma-limit 99999999999999999|expected 1 s to"
      })
  void wrongUsageIsToldInALine(String commandLine, String complaint) {
    assertEquals(2, run(commandLine), this::err);
    assertTrue(err().contains(complaint), this::err);
    assertEquals(1, err().lines().count(), this::err);
  }

  @Test
  void helpNamesEveryOption() {
    assertEquals(0, run("--help"));
    String help = out.toString(StandardCharsets.UTF_8);
    for (String option :
        new String[] {
          "--kernel",
          "--initrd",
          "--append",
          "--memory",
          "--device",
          "--strategy",
          "--transport",
          "--balloon-page",
          "--cpus",
          "--json",
          "--backing",
          "--resident",
          "--slowdown",
          "--early-dma",
          "--early-dma-limit"
        }) {
      assertTrue(help.contains(option), option);
    }
  }

  @ParameterizedTest
  @CsvSource({"4K,4096", "2M,2097152", "8G,8589934592", "1T,1099511627776", "512,512"})
  void sizesAreReadInPowersOf1024(String text, long bytes) {
    assertEquals(bytes, MemorySize.parse(text).bytes());
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 bytes",
    "1023,1023 bytes",
    "1024,1 KiB",
    "1610612736,1.5 GiB",
    "268435456,256 MiB",
    "10737418240,10 GiB"
  })
  void sizesAreToldForPeople(long bytes, String words) {
    assertEquals(words, MemorySize.words(bytes));
  }
}

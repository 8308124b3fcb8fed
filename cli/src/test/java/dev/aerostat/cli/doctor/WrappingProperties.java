package dev.aerostat.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

final class WrappingProperties {
  @Provide
  Arbitrary<String> words() {
    return Arbitraries.of("a", "echo", "max", "/sys/fs/cgroup", "'s/a b/& c /'", "\"$USER - x\"")
        .list()
        .ofMinSize(1)
        .ofMaxSize(20)
        .map(words -> String.join(" ", words));
  }

  @Property
  void aTextIsTheSameTextInLinesThatFit(
      @ForAll("words") String text, @ForAll @IntRange(min = 20, max = 60) int width) {
    List<String> lines = Wrapping.ofText(text, width);
    assertEquals(text, String.join(" ", lines));
    assertTrue(lines.stream().allMatch(line -> line.length() <= width), lines::toString);
  }

  @Property
  void aCommandIsTheSameCommandToAShell(
      @ForAll("words") String command, @ForAll @IntRange(min = 20, max = 60) int width) {
    List<String> lines = Wrapping.ofCommand(command, width);
    assertEquals(command, String.join("\n", lines).replace(" \\\n  ", " "));
    assertTrue(lines.stream().allMatch(line -> line.length() <= width), lines::toString);
  }

  @Example
  void noTextHasNoLineAndAWordThatIsTooLongStaysWhole() {
    assertEquals(List.of(), Wrapping.ofText("", 60));
    assertEquals(List.of("a", "/sys/bus/pci", "b"), Wrapping.ofText("a /sys/bus/pci b", 4));
  }
}

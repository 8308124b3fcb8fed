package dev.aerostat.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class WrappedLineProperties {
  @Property
  void noLineIsWiderThanTheTerminalIfNoWordIs(
      @ForAll @Size(min = 1, max = 60)
          List<@AlphaChars @StringLength(min = 1, max = 8) String> words,
      @ForAll @IntRange(min = 20, max = 100) int columns) {
    String wrapped = WrappedLine.labelled("map", String.join(" ", words), columns);
    assertTrue(wrapped.lines().allMatch(line -> line.length() <= columns), wrapped);
  }

  @Property
  void allWordsAreThereInTheirOrder(
      @ForAll @Size(min = 1, max = 40)
          List<@AlphaChars @StringLength(min = 1, max = 30) String> words,
      @ForAll @IntRange(min = 1, max = 100) int columns,
      @ForAll @IntRange(max = 30) int indent) {
    String line = String.join(" ", words);
    String wrapped = WrappedLine.of(line, Math.min(indent, line.length()), columns);
    assertEquals(words, Arrays.asList(wrapped.strip().split("\\s+", -1)));
  }

  @Example
  void aLineGoesOnBeneathItsText() {
    assertEquals(
        "       map  24,576 calls for 384\n            GiB; 24,576 mappings\n",
        WrappedLine.labelled("map", "24,576 calls for 384 GiB; 24,576 mappings", 34));
  }

  @Example
  void aLineThatFitsIsAsItWas() {
    assertEquals("       map  two  words\n", WrappedLine.labelled("map", "two  words", 23));
    assertEquals("x\n", WrappedLine.of("x", 0, 1));
  }
}

package dev.aerostat.simulation.trace;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TraceCorruptionProperties {
  private static final List<String> LINES = Traces.text("m1-k61-boot").subList(0, 900);

  record Corruption(int line, String text) {}

  @Property(tries = 400)
  void oneBadLineIsAnErrorThereOrLaterOrStillATrace(@ForAll("corruptions") Corruption corruption)
      throws IOException {
    var lines = new ArrayList<>(LINES);
    lines.set(corruption.line, corruption.text);
    try {
      // Cut where a message ends, or the end itself would be the error.
      assertFalse(Traces.readAll(lines.subList(0, wholeMessages())).isEmpty());
    } catch (TraceFormatException error) {
      assertTrue(
          error.line() > corruption.line && error.line() <= LINES.size() + 1, error::toString);
      assertFalse(error.toString().contains("\n"), error::toString);
    }
  }

  private static int wholeMessages() {
    int end = LINES.size();
    while (!LINES.get(end - 1).matches("[0-9]+ A .*")) {
      end--;
    }
    return end;
  }

  @Provide
  Arbitrary<Corruption> corruptions() {
    return Arbitraries.integers()
        .between(0, wholeMessages() - 1)
        .flatMap(TraceCorruptionProperties::of);
  }

  private static Arbitrary<Corruption> of(int line) {
    String text = LINES.get(line);
    Arbitrary<String> cut =
        Arbitraries.integers().between(0, text.length()).map(at -> text.substring(0, at));
    Arbitrary<String> changed =
        Combinators.combine(
                Arbitraries.integers().between(0, text.length() - 1),
                Arbitraries.chars().with("0123456789abcdefxIDMTA#- \r\t\u0000\u00e9"))
            .as((at, with) -> text.substring(0, at) + with + text.substring(at + 1));
    Arbitrary<String> other = Arbitraries.of(LINES);
    Arbitrary<String> noise = Arbitraries.strings().ofMaxLength(40).map(s -> s.replace('\n', ' '));
    return Arbitraries.oneOf(cut, changed, other, noise).map(bad -> new Corruption(line, bad));
  }
}

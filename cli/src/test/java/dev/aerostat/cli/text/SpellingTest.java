package dev.aerostat.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  private static final List<String> NAMES =
      List.of("--memory", "--mapper", "--mapper-option", "boot", "compare", "sim", "vfio");

  @ParameterizedTest
  @CsvSource({
    "--memry, --memory",
    "--memroy, --memory",
    "--mem, --memory",
    "--mapper-opt, --mapper-option",
    "boots, boot",
    "Boot, boot",
    "comparre, compare",
    "smi, sim",
    "vfo, vfio"
  })
  void aWordThatIsNearlyANameMeansThatName(String word, String name) {
    assertEquals(Optional.of(name), Spelling.nearest(word, NAMES));
  }

  @ParameterizedTest
  @CsvSource({"--speed", "land", "nvme", "xyz", "''"})
  void aWordThatIsLikeNoNameMeansNothing(String word) {
    assertEquals(Optional.empty(), Spelling.nearest(word, NAMES));
    assertEquals("", Spelling.question(word, NAMES));
  }

  @Test
  void ofTwoNamesTheOneThatIsMoreAlikeIsMeant() {
    assertEquals(Optional.of("boat"), Spelling.nearest("boats", List.of("boot", "boat", "goat")));
    assertEquals("; did you mean 'boat'?", Spelling.question("boat", List.of("boot", "boat")));
  }
}

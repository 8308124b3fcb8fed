package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

class CommandDocumentsTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void everyCommandHasAManualPageThatNamesEachOfItsOptions() throws IOException {
    CommandDocuments.main(new String[] {directory.toString()});
    for (CommandLine command : CommandDocuments.withSubcommands(CommandDocuments.command())) {
      String page = Files.readString(directory.resolve("man/man1/" + ManPage.name(command) + ".1"));
      for (OptionSpec option : command.getCommandSpec().options()) {
        assertTrue(page.contains("\\fB" + ManPage.escaped(option.longestName()) + "\\fR"), page);
      }
    }
  }

  @Test
  void theReferenceIsWhatHelpPrints() throws IOException {
    CommandDocuments.main(new String[] {directory.toString()});
    String reference = Files.readString(directory.resolve("reference.md"));
    assertTrue(
        reference.contains("\n## aerostat boot\n\n```text\nUsage: aerostat boot"), reference);
    assertTrue(reference.contains("--balloon-page=4K|2M"), reference);
  }

  @Test
  void completionKnowsEveryCommand() throws IOException {
    CommandDocuments.main(new String[] {directory.toString()});
    String script = Files.readString(directory.resolve("bash-completion/completions/aerostat"));
    for (String command : CommandDocuments.command().getSubcommands().keySet()) {
      assertTrue(script.contains(command), command);
    }
  }

  @Test
  void textThatRoffWouldTakeForItsOwnIsPrintedAsItIs() {
    assertEquals("\\&.SH is no section", ManPage.escaped(".SH is no section"));
    assertEquals("C:\\e \\-\\-it\\(aqs", ManPage.escaped("C:\\ --it's"));
    String page = ManPage.of(new CommandLine(new Odd()));
    assertTrue(page.contains("\n\\&.TH of a kind\n"), page);
    assertTrue(page.contains("\n.nf\n  odd \\-\\-even\n.fi\n"), page);
    assertFalse(page.contains("hidden"), page);
    String macros =
        page.lines().filter(line -> line.startsWith(".SH ")).collect(Collectors.joining("\n"));
    assertEquals(
        Stream.of("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "NOTES", "SEE ALSO")
            .map(name -> ".SH " + name)
            .collect(Collectors.joining("\n")),
        macros);
  }

  @Command(
      name = "odd",
      description = {"Is odd.", "", ".TH of a kind"},
      footer = {"", "Example:", "  odd --even"})
  private static final class Odd {
    @Option(names = "--even", description = "Of no use.")
    private boolean even;

    @Option(names = "--hidden", hidden = true)
    private boolean hidden;

    @Override
    public String toString() {
      return "odd" + even + hidden;
    }
  }
}

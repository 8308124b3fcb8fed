package dev.aerostat.cli;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.options.StacktraceOption;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Spelling;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what goes wrong into one sentence on standard error and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  static final String OUT_OF_MEMORY =
      "out of memory: simulate a smaller guest, or give Java more (JAVA_TOOL_OPTIONS=-Xmx8g)";

  private static final String OURS = "dev.aerostat.";

  private final Console console;

  Failures(Console console) {
    this.console = console;
  }

  @Override
  public int handleParseException(ParameterException wrong, String[] args) {
    List<String> words = List.of(args);
    report(parseSentence(wrong, words), wrong, words.contains(StacktraceOption.NAME));
    return CommandLine.ExitCode.USAGE;
  }

  private static String parseSentence(ParameterException wrong, List<String> words) {
    CommandSpec command = wrong.getCommandLine().getCommandSpec();
    String help = "; see '%s --help'".formatted(command.qualifiedName());
    return switch (wrong) {
      case UnmatchedArgumentException unknown ->
          decapitalised(message(wrong)) + meant(unknown, command).orElse(help);
      case MissingParameterException _ ->
          misspelled(words, command).orElse(decapitalised(message(wrong)) + help);
      case OverwrittenOptionException twice when twice.getOverwritten() instanceof OptionSpec it ->
          "option '%s' is given twice%s: expected only once"
              .formatted(it.longestName(), values(it, words));
      default ->
          decapitalised(message(wrong))
              + (wrong.getCause() instanceof TypeConversionException ? "" : help);
    };
  }

  /**
   * Of an option that is missing since its name is misspelled picocli reports only that it is
   * missing.
   */
  private static Optional<String> misspelled(List<String> words, CommandSpec command) {
    Set<String> names = command.optionsMap().keySet();
    return words.stream()
        .filter(word -> word.startsWith("--"))
        .map(word -> word.replaceFirst("=.*", ""))
        .filter(word -> !names.contains(word))
        .map(word -> new Misspelling(word, Spelling.question(word, names)))
        .filter(it -> !it.question().isEmpty())
        .findFirst()
        .map(it -> "unknown option: '%s'%s".formatted(it.word(), it.question()));
  }

  private record Misspelling(String word, String question) {}

  /** Picocli's own guesses name options that are not like the word at all. */
  private static Optional<String> meant(UnmatchedArgumentException unknown, CommandSpec command) {
    String word = unknown.getUnmatched().getFirst().replaceFirst("=.*", "");
    List<String> names = new ArrayList<>(command.optionsMap().keySet());
    if (!word.startsWith("-")) {
      names.clear();
      names.addAll(command.subcommands().keySet());
    }
    String question = Spelling.question(word, names);
    return question.isEmpty() ? Optional.empty() : Optional.of(question);
  }

  /** What an option was given, as the user wrote it: picocli keeps only one of them. */
  private static String values(OptionSpec option, List<String> words) {
    List<String> names = List.of(option.names());
    List<String> values = new ArrayList<>();
    for (int i = 0; i < words.size() && option.arity().max() > 0; i++) {
      String word = words.get(i);
      if (names.contains(word) && i + 1 < words.size()) {
        values.add(words.get(++i));
      } else if (names.contains(word.replaceFirst("=.*", ""))) {
        values.add(word.substring(word.indexOf('=') + 1));
      }
    }
    return values.isEmpty() ? "" : ", as '%s'".formatted(String.join("' and '", values));
  }

  @Override
  public int handleExecutionException(
      Exception thrown, CommandLine command, @Nullable ParseResult parsed) {
    boolean stacktrace = StacktraceOption.isGiven(parsed);
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    String sentence = sentence(failure);
    report(
        !stacktrace && hidesMore(failure)
            ? "%s; %s shows where".formatted(sentence, StacktraceOption.NAME)
            : sentence,
        failure,
        stacktrace);
    return failure instanceof IllegalArgumentException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  private static String sentence(Throwable failure) {
    return switch (failure) {
      case NoSuchFileException missing -> "there is no file '%s'".formatted(missing.getFile());
      case AccessDeniedException denied -> "'%s' may not be read".formatted(denied.getFile());
      case IllegalArgumentException _,
          IllegalStateException _,
          CommandFailedException _,
          HostRefusedException _,
          IOException _ ->
          message(failure);
      case OutOfMemoryError _ -> OUT_OF_MEMORY;
      default ->
          culprit(failure)
              .map(type -> "this is a bug of the plugin: %s threw %s".formatted(type, failure))
              .orElseGet(() -> "this is a bug of ours, please report it: " + failure);
    };
  }

  /** The class that threw, if neither Java nor we wrote it. */
  private static Optional<String> culprit(Throwable failure) {
    return Stream.of(failure.getStackTrace())
        .map(StackTraceElement::getClassName)
        .filter(name -> !name.matches("(java|javax|jdk|sun)\\..*"))
        .findFirst()
        .filter(name -> !name.startsWith(OURS));
  }

  /** Whether something was thrown whose stack trace has more than its words. */
  private static boolean hidesMore(Throwable failure) {
    return switch (failure) {
      case IllegalArgumentException _, OutOfMemoryError _ -> false;
      case CommandFailedException _ ->
          Stream.of(failure.getSuppressed()).anyMatch(Failures::isSurprise);
      case IllegalStateException _, HostRefusedException _ -> isSurprise(failure.getCause());
      case RuntimeException _, Error _ -> true;
      default -> false;
    };
  }

  private static boolean isSurprise(@Nullable Throwable thrown) {
    return thrown instanceof RuntimeException
        || (thrown instanceof Error && !(thrown instanceof AssertionError));
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }

  private static String decapitalised(String message) {
    return message.isEmpty()
        ? message
        : Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }

  private void report(String sentence, Throwable failure, boolean stacktrace) {
    console.complain(sentence.strip().replaceAll("\\s*\\R\\s*", " "));
    if (stacktrace) {
      failure.printStackTrace(console.err());
      console.err().flush();
    }
  }
}

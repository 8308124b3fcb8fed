package dev.aerostat.cli;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** Turns what goes wrong into one line on standard error and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  static final String OUT_OF_MEMORY =
      "out of memory: simulate a smaller guest, or give Java more (JAVA_TOOL_OPTIONS=-Xmx8g)";

  private static final String STACKTRACE = "--stacktrace";

  private final Console console;

  Failures(Console console) {
    this.console = console;
  }

  @Override
  public int handleParseException(ParameterException wrong, String[] args) {
    String advice =
        wrong.getCause() instanceof TypeConversionException
            ? ""
            : "; see '%s --help'"
                .formatted(wrong.getCommandLine().getCommandSpec().qualifiedName());
    report(decapitalised(message(wrong)) + advice, wrong, List.of(args).contains(STACKTRACE));
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception thrown, CommandLine command, @Nullable ParseResult parsed) {
    boolean stacktrace = parsed != null && parsed.originalArgs().contains(STACKTRACE);
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    report(sentence(failure), failure, stacktrace);
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
          "this is a bug of ours, please report it with %s: %s".formatted(STACKTRACE, failure);
    };
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
    console.err().println("aerostat: " + sentence.strip().replaceAll("\\s*\\R\\s*", " "));
    if (stacktrace) {
      failure.printStackTrace(console.err());
    }
    console.err().flush();
  }
}

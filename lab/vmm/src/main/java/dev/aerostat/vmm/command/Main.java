package dev.aerostat.vmm.command;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.vfio.PciAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Starts the command. */
final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine(System.in, System.out, System.err).execute(args));
  }

  static CommandLine commandLine(InputStream in, PrintStream out, PrintStream err) {
    CommandLine line =
        new CommandLine(new VmmCommand(in, out, err))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(MemorySize.class, saying(MemorySize::parse))
            .registerConverter(PciAddress.class, saying(PciAddress::new))
            .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    return line.setExecutionExceptionHandler(
            (failure, _, _) -> {
              err.println("lab/vmm/run: " + sentence(failure));
              return failure instanceof IllegalArgumentException
                  ? CommandLine.ExitCode.USAGE
                  : CommandLine.ExitCode.SOFTWARE;
            })
        .setParameterExceptionHandler(
            (wrong, _) -> {
              err.println("lab/vmm/run: " + wrong.getMessage() + "; see lab/vmm/run --help");
              return CommandLine.ExitCode.USAGE;
            });
  }

  private static String sentence(Exception failure) {
    return switch (failure) {
      case NoSuchFileException missing -> "there is no file '%s'".formatted(missing.getFile());
      case IOException _,
          HostRefusedException _,
          IllegalArgumentException _,
          IllegalStateException _ ->
          String.valueOf(failure.getMessage());
      default -> "this is a bug of ours, please report it: " + failure;
    };
  }

  private static <T> ITypeConverter<T> saying(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException unusable) {
        throw new TypeConversionException(unusable.getMessage());
      }
    };
  }
}

package dev.aerostat.cli.options;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.Spelling;
import dev.aerostat.cli.text.TimeSpan;
import dev.aerostat.guest.sim.Flood;
import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.TrackerKind;
import dev.aerostat.simulation.Variant;
import dev.aerostat.simulation.Withholding;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Teaches picocli to read the types of our options, and to say in our words what is wrong. */
public final class OptionTypes {
  private OptionTypes() {}

  /**
   * Registers how each type of option is read.
   *
   * @param command registered with its subcommands
   * @return the same
   */
  public static CommandLine teach(CommandLine command) {
    return command
        .registerConverter(int.class, saying(OptionTypes::smallNumber))
        .registerConverter(long.class, saying(OptionTypes::wholeNumber))
        .registerConverter(ByteSize.class, saying(ByteSize::parse))
        .registerConverter(GuestSize.class, saying(GuestSize::parse))
        .registerConverter(TimeSpan.class, saying(TimeSpan::parse))
        .registerConverter(BalloonPageOption.class, saying(BalloonPageOption::parse))
        .registerConverter(GuestBehaviour.class, saying(OptionTypes::guest))
        .registerConverter(MapperSetting.class, saying(MapperSetting::parse))
        .registerConverter(Flood.class, saying(OptionTypes::flood))
        .registerConverter(TrackerKind.class, saying(OptionTypes::tracker))
        .registerConverter(GatePolicy.class, saying(OptionTypes::gate))
        .registerConverter(Withholding.class, saying(OptionTypes::withholding))
        .registerConverter(Variant.class, saying(OptionTypes::strategy));
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

  private static long wholeNumber(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notOne) {
      throw new IllegalArgumentException(
          "'%s' is not a whole number: expected one such as 8".formatted(text), notOne);
    }
  }

  private static int smallNumber(String text) {
    long number = wholeNumber(text);
    if (number != (int) number) {
      throw new IllegalArgumentException(
          "'%s' is out of range: expected at most %d".formatted(text, Integer.MAX_VALUE));
    }
    return (int) number;
  }

  private static GuestBehaviour guest(String text) {
    return oneOf("a guest", text, List.of(GuestBehaviour.values()));
  }

  private static Withholding withholding(String text) {
    return oneOf("a way to withhold memory", text, List.of(Withholding.values()));
  }

  private static GatePolicy gate(String text) {
    return oneOf("a way to a device", text, List.of(GatePolicy.values()));
  }

  private static Flood flood(String text) {
    return oneOf("a flood", text, List.of(Flood.values()));
  }

  private static <T> T oneOf(String what, String text, List<T> choices) {
    List<String> names = choices.stream().map(String::valueOf).toList();
    int choice = names.indexOf(text);
    if (choice < 0) {
      throw new IllegalArgumentException(
          "'%s' is not %s: expected one of %s%s"
              .formatted(text, what, String.join(", ", names), Spelling.question(text, names)));
    }
    return choices.get(choice);
  }

  private static TrackerKind tracker(String text) {
    return switch (text) {
      case "interval-tree" -> TrackerKind.INTERVAL_TREE;
      case "bitmap" -> TrackerKind.BITMAP;
      default ->
          throw new IllegalArgumentException(
              "'%s' is not a tracker: expected interval-tree or bitmap%s"
                  .formatted(text, Spelling.question(text, List.of("interval-tree", "bitmap"))));
    };
  }

  private static Variant strategy(String text) {
    return switch (text) {
      case "async" -> Variant.ASYNC;
      case "sync" -> Variant.SYNC;
      default ->
          throw new IllegalArgumentException(
              "'%s' is not a strategy: expected async or sync%s"
                  .formatted(text, Spelling.question(text, List.of("async", "sync"))));
    };
  }
}

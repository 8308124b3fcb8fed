package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostOperation;
import dev.aerostat.mapper.sim.FaultOrder.AtRate;
import dev.aerostat.mapper.sim.FaultOrder.FromCall;
import dev.aerostat.mapper.sim.FaultOrder.Touching;
import dev.aerostat.mapper.sim.FaultOrder.Trigger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One fault order as text: {@code map:rate=0.01:seed=7}. */
final class FaultSyntax {
  private static final List<String> TRIGGERS = List.of("nth", "rate", "range");
  private static final Set<String> KEYS = Set.of("nth", "rate", "range", "seed", "times");

  private final String text;
  private final Map<String, String> settings = new HashMap<>();

  private FaultSyntax(String text) {
    this.text = text;
  }

  static FaultOrder parse(String text) {
    String[] parts = text.split(":", -1);
    var syntax = new FaultSyntax(text);
    for (int i = 1; i < parts.length; i++) {
      syntax.take(parts[i]);
    }
    Trigger trigger = syntax.trigger();
    return new FaultOrder(operation(parts[0]), trigger, syntax.times(trigger));
  }

  private void take(String part) {
    int equals = part.indexOf('=');
    String key = equals < 0 ? part : part.substring(0, equals);
    if (equals < 0 || !KEYS.contains(key)) {
      throw new IllegalArgumentException(
          "'%s' in '%s' is none of nth=, rate=, seed=, range=, times=".formatted(part, text));
    }
    if (settings.put(key, part.substring(equals + 1)) != null) {
      throw new IllegalArgumentException("'%s' has %s= twice".formatted(text, key));
    }
  }

  private Trigger trigger() {
    List<String> given = TRIGGERS.stream().filter(settings::containsKey).toList();
    if (given.size() != 1) {
      throw new IllegalArgumentException(
          "'%s' needs exactly one of nth=, rate= and range=".formatted(text));
    }
    String key = given.getFirst();
    if (settings.containsKey("seed") && !key.equals("rate")) {
      throw new IllegalArgumentException("'%s': a seed goes with rate= only".formatted(text));
    }
    String value = settings.getOrDefault(key, "");
    return switch (key) {
      case "nth" -> new FromCall(OptionSyntax.number(value));
      case "rate" ->
          new AtRate(rate(value), OptionSyntax.number(settings.getOrDefault("seed", "0")));
      default -> new Touching(OptionSyntax.range(value, GuestRange::new));
    };
  }

  private long times(Trigger trigger) {
    String byDefault =
        switch (trigger) {
          case FromCall _ -> "1";
          case AtRate _, Touching _ -> "forever";
        };
    String value = settings.getOrDefault("times", byDefault);
    return value.equals("forever") ? FaultOrder.FOREVER : OptionSyntax.number(value);
  }

  private static double rate(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException notOne) {
      throw new IllegalArgumentException("'%s' is not a rate".formatted(text), notOne);
    }
  }

  private static HostOperation operation(String name) {
    return switch (name) {
      case "map" -> HostOperation.MAP;
      case "unmap" -> HostOperation.UNMAP;
      case "populate" -> HostOperation.POPULATE;
      case "discard" -> HostOperation.DISCARD;
      default ->
          throw new IllegalArgumentException(
              "'%s' is none of map, unmap, populate and discard".formatted(name));
    };
  }
}

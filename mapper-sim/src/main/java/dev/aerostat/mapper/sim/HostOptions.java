package dev.aerostat.mapper.sim;

import dev.aerostat.api.IovaRange;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The options of the mapper {@code sim}, as {@link SimulatedMapperProvider} documents them. */
enum HostOptions {
  DMA_ENTRY_LIMIT("dma-entry-limit", "a number of mappings from 1 to 4294967295, such as 512") {
    @Override
    SimulatedHost change(SimulatedHost host, String value) {
      long limit = OptionSyntax.number(value);
      if (limit >>> 32 != 0) {
        throw new IllegalArgumentException("the kernel keeps the limit in 32 bits");
      }
      return host.withDmaEntryLimit(limit);
    }
  },
  FAIL("fail", "OPERATION:KEY=VALUE[:KEY=VALUE], such as map:nth=3 or map:rate=0.01:seed=7") {
    @Override
    SimulatedHost change(SimulatedHost host, String value) {
      SimulatedHost changed = host;
      for (String order : OptionSyntax.list(value)) {
        changed = changed.withFault(FaultSyntax.parse(order));
      }
      return changed;
    }
  },
  IOVA_HOLE("iova-hole", "START-END in multiples of 4 KiB, such as 0x80000000-0xc0000000") {
    @Override
    SimulatedHost change(SimulatedHost host, String value) {
      SimulatedHost changed = host;
      for (String hole : OptionSyntax.list(value)) {
        changed = changed.withIovaHole(OptionSyntax.range(hole, IovaRange::new));
      }
      return changed;
    }
  },
  MEMLOCK("memlock", "a size in bytes, such as 65536, 64M or 1G, or unlimited") {
    @Override
    SimulatedHost change(SimulatedHost host, String value) {
      return value.equals("unlimited") ? host : host.withMemlock(OptionSyntax.size(value));
    }
  },
  RULES("rules", "type1v2 or iommufd") {
    @Override
    SimulatedHost change(SimulatedHost host, String value) {
      return host.withRules(
          Arrays.stream(KernelRules.values())
              .filter(rules -> rules.toString().equals(value))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("there are no such rules")));
    }
  };

  private final String optionName;
  private final String expected;

  HostOptions(String optionName, String expected) {
    this.optionName = optionName;
    this.expected = expected;
  }

  abstract SimulatedHost change(SimulatedHost host, String value);

  static String knownNames() {
    return Arrays.stream(values())
        .map(option -> option.optionName)
        .collect(Collectors.joining(", "));
  }

  static SimulatedHost apply(SimulatedHost host, Map<String, String> options) {
    SimulatedHost changed = host;
    for (Map.Entry<String, String> option : new TreeMap<>(options).entrySet()) {
      changed = named(option.getKey()).applyTo(changed, option.getValue());
    }
    if (changed.rules() == KernelRules.IOMMUFD && options.containsKey(DMA_ENTRY_LIMIT.optionName)) {
      throw new IllegalArgumentException(
          "option dma-entry-limit=%s of mapper 'sim' means nothing with rules=iommufd, which has no"
                  .formatted(options.get(DMA_ENTRY_LIMIT.optionName))
              + " such limit: leave one of the two out (known options: "
              + knownNames()
              + ")");
    }
    return changed;
  }

  private static HostOptions named(String name) {
    return Arrays.stream(values())
        .filter(option -> option.optionName.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "mapper 'sim' has no option '%s'; known options: %s"
                        .formatted(name, knownNames())));
  }

  private SimulatedHost applyTo(SimulatedHost host, String value) {
    try {
      return change(host, value);
    } catch (IllegalArgumentException unusable) {
      throw new IllegalArgumentException(
          "option %s=%s of mapper 'sim' cannot be used (%s): expected %s; known options: %s"
              .formatted(optionName, value, unusable.getMessage(), expected, knownNames()),
          unusable);
    }
  }
}

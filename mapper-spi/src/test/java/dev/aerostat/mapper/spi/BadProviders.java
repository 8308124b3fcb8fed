package dev.aerostat.mapper.spi;

import java.util.List;

/** Plugins as they should not be; none may keep the others from being found. */
final class BadProviders {
  private BadProviders() {}

  static class Bad implements MapperProvider {
    @Override
    public MapperAvailability availability() {
      return new MapperAvailability.Available("says it works");
    }

    @Override
    public DmaMapper open(MapperRequest request) {
      throw new AssertionError("a bad plugin was opened");
    }
  }

  @MapperName("throws-when-made")
  public static final class ThrowsWhenMade extends Bad {
    public ThrowsWhenMade() {
      throw new IllegalStateException("no library libvfio.so");
    }
  }

  public static final class HasNoName extends Bad {
    public HasNoName() {}
  }

  @MapperName("unavailable")
  public static final class IsUnavailable extends Bad {
    public IsUnavailable() {}

    @Override
    public MapperAvailability availability() {
      return new MapperAvailability.Unavailable("/dev/vfio/vfio is missing; load the module vfio");
    }
  }

  @MapperName("fails-to-answer")
  public static final class FailsToAnswer extends Bad {
    public FailsToAnswer() {}

    @Override
    public MapperAvailability availability() {
      throw new UnsupportedOperationException("no answer");
    }

    @Override
    public boolean simulated() {
      throw new UnsupportedOperationException("no answer");
    }
  }

  @MapperName("picky")
  public static final class IsPicky extends Bad {
    public IsPicky() {}

    @Override
    public List<HostFinding> examine(HostExamination examination) {
      throw new IllegalArgumentException("expected a device, not " + examination.devices());
    }

    @Override
    public DmaMapper open(MapperRequest request) {
      throw new IllegalStateException(
          "expected a bad number, not "
              + Integer.parseInt(request.options().getOrDefault("map-us", "0")));
    }
  }

  @MapperName("lacks-a-class")
  public static final class LacksAClass extends Bad {
    public LacksAClass() {}

    @Override
    public MapperAvailability availability() {
      throw new NoClassDefFoundError("com/example/Native");
    }
  }

  @MapperName("returns-nothing")
  public static final class ReturnsNothing extends Bad {
    public ReturnsNothing() {}

    @Override
    @SuppressWarnings("NullAway") // A plugin that nobody checked.
    public MapperAvailability availability() {
      return null;
    }
  }

  @MapperName("throws-an-error")
  public static final class ThrowsAnError extends Bad {
    public ThrowsAnError() {}

    @Override
    public MapperAvailability availability() {
      throw new Unreadable();
    }

    @Override
    public boolean simulated() {
      throw new Unreadable();
    }
  }

  private static final class Unreadable extends AssertionError {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message, expected in this test");
    }
  }
}

package dev.aerostat.mapper.spi;

import java.util.concurrent.atomic.AtomicInteger;

/** A plugin as it should be. */
@MapperName("good")
public final class GoodProvider implements MapperProvider {
  static final AtomicInteger MADE = new AtomicInteger();

  /** Creates the provider, as ServiceLoader does. */
  public GoodProvider() {
    int _ = MADE.incrementAndGet();
  }

  @Override
  public MapperAvailability availability() {
    return new MapperAvailability.Available("always");
  }

  @Override
  public DmaMapper open(MapperRequest request) {
    return new FakeMapper("opened for " + request.memory());
  }
}

package dev.aerostat.tracker.sabotage;

import dev.aerostat.tracker.sabotage.hidden.Hidden;
import java.util.List;
import java.util.Map;

/** Exported, with a signature that its callers cannot read. */
public class Leaky extends Hidden {
  protected final List<Secret> field = List.of();

  public Secret secret() {
    return new Secret();
  }

  public Hidden hidden() {
    return this;
  }

  public void hiddenInside(Map<String, ? extends Hidden> hidden) {}

  static final class Secret {}
}

package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A check that cannot fail is not one: each rule is broken on purpose, and must be seen to be. */
class SabotageTest {
  private static final int SEEDS = 200;
  private static final int STEPS = 400;

  static List<Saboteurs.Saboteur> saboteurs() {
    return Saboteurs.all();
  }

  @ParameterizedTest
  @MethodSource("saboteurs")
  void aWeakenedEngineIsCaught(Saboteurs.Saboteur saboteur) {
    Set<Rule> broken = EnumSet.noneOf(Rule.class);
    for (long seed = 0; seed < SEEDS && !broken.contains(saboteur.breaks()); seed++) {
      try {
        run(saboteur, seed);
      } catch (Rule.Broken caught) {
        broken.add(caught.rule);
      } catch (IllegalStateException confused) {
        // The core's own checks saw it first; another seed shows it to ours.
      }
    }
    assertTrue(broken.contains(saboteur.breaks()), saboteur + ", but only broke " + broken);
  }

  private static void run(Saboteurs.Saboteur saboteur, long seed) {
    if (saboteur.breaks() == Rule.BOUNDED_BOOKS) {
      DeflateFlood.run(saboteur.sabotage(), false);
    } else {
      RandomWalk.run(seed, STEPS, saboteur.world(), saboteur.sabotage());
    }
  }

  @Test
  void everyRuleHasItsSaboteur() {
    Set<Rule> covered = EnumSet.noneOf(Rule.class);
    Saboteurs.all().forEach(saboteur -> covered.add(saboteur.breaks()));
    assertEquals(EnumSet.copyOf(Arrays.asList(Rule.values())), covered);
  }

  @Test
  void aWorldWithoutASaboteurIsWhole() {
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomWalk.run(seed, STEPS);
    }
  }
}

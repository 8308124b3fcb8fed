package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GranuleRunsTest {
  private final GranuleRuns runs = new GranuleRuns();

  private int add(int newer, int older) {
    return add(newer, older, 1);
  }

  private int add(int newer, int older, int block) {
    if (runs.isFull()) {
      runs.makeRoom();
    }
    return runs.add(newer, older, block);
  }

  @Test
  void aRunGrowsUntilItMeetsAnother() {
    int down = add(20, 25);
    add(15, 10);
    runs.findRoom(down, GranuleRuns.NONE);
    for (int granule = 19; granule > 15; granule--) {
      assertFalse(runs.grow(down, granule - 1), "not past a granule");
      assertTrue(runs.grow(down, granule));
    }
    assertFalse(runs.grow(down, 15), "another's");
    assertEquals(16, runs.newerEnd(down));
  }

  @Test
  void aRunStopsWhereItIsAsLongAsTheBlocksOfAnOlderOne() {
    int blocks = add(7, 0, 4);
    int up = add(31, 30);
    runs.findRoom(up, blocks);
    assertTrue(runs.grow(up, 32));
    assertFalse(runs.grow(up, 33), "as long as a block: it may have to be joined");
  }

  @Test
  void aRunThatTakesOverTheNumberOfOneThatIsGoneHasNoRoomOfIt() {
    int gone = add(11, 10);
    add(15, 15);
    runs.findRoom(gone, GranuleRuns.NONE);
    runs.remove(gone);
    int another = add(14, 13);
    assertEquals(gone, another, "the number is used again");
    assertFalse(runs.grow(another, 15), "another's");
  }
}

package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** First in, first out, as an {@link ArrayDeque} is. */
class IntQueueProperties {
  @Property
  void whatComesInFirstGoesOutFirst(@ForAll @Size(max = 400) List<Integer> adds) {
    var queue = new IntQueue();
    var model = new ArrayDeque<Integer>();
    for (int value : adds) {
      if (value % 3 == 0 && !model.isEmpty()) {
        assertEquals(model.remove(), queue.remove());
      } else if (value % 97 == 1) {
        queue.clear();
        model.clear();
      } else {
        queue.add(value);
        model.add(value);
      }
      assertEquals(model.isEmpty(), queue.isEmpty());
    }
    while (!model.isEmpty()) {
      assertEquals(model.remove(), queue.remove());
    }
  }
}

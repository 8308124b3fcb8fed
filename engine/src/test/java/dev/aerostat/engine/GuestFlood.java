package dev.aerostat.engine;

import dev.aerostat.virtio.DeviceStatus;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What a guest can do without end to keep the event thread busy. */
enum GuestFlood {
  INFLATES {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      sendOn(driver, on, FloodingDriver.INFLATE);
    }
  },
  DEFLATES {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      sendOn(driver, on, FloodingDriver.DEFLATE);
    }
  },
  INFLATES_AND_DEFLATES {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      sendOn(driver, on, FloodingDriver.INFLATE, FloodingDriver.DEFLATE);
    }
  },
  STATISTICS {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      sendOn(driver, on, FloodingDriver.STATISTICS);
    }
  },
  HINTS_AND_REPORTS {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      sendOn(driver, on, FloodingDriver.HINTS, FloodingDriver.REPORTS);
    }
  },
  RESETS {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      while (on.getAsBoolean()) {
        driver.reset();
      }
    }
  },
  RESETS_AND_INFLATES {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      while (on.getAsBoolean()) {
        driver.fill(FloodingDriver.INFLATE);
        while (on.getAsBoolean() && !driver.refill(FloodingDriver.INFLATE)) {
          Thread.onSpinWait();
        }
        driver.reset();
      }
    }
  },
  LENT_KICKS {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      driver.fill(FloodingDriver.INFLATE);
      while (on.getAsBoolean()) {
        engine.notifyQueue(FloodingDriver.INFLATE);
        if (!driver.refill(FloodingDriver.INFLATE)) {
          LockSupport.parkNanos(20_000);
        }
      }
    }
  },
  STATUS_AND_CONFIG {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      for (int i = 0; on.getAsBoolean(); i++) {
        engine.device().writeConfig(Integer.BYTES, Integer.BYTES, i);
        engine.device().writeStatus(DeviceStatus.DRIVER_OK);
        engine.device().notifyQueue(i);
      }
    }
  },
  WISHES {
    @Override
    void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on) {
      for (int i = 0; on.getAsBoolean(); i++) {
        engine.dmaWanted();
        engine.requestStatistics();
        engine.operatorTarget(i % 2 * EngineFixture.MIB);
      }
    }
  };

  /** Floods for as long as it is on. The driver is up, its rings are empty. */
  abstract void run(AsyncDmaMap engine, FloodingDriver driver, BooleanSupplier on);

  private static void sendOn(FloodingDriver driver, BooleanSupplier on, int... queues) {
    for (int queue : queues) {
      driver.fill(queue);
    }
    while (on.getAsBoolean()) {
      boolean returned = false;
      for (int queue : queues) {
        returned |= driver.refill(queue);
      }
      if (!returned) {
        LockSupport.parkNanos(20_000);
      }
    }
  }
}

package com.example.wiring;

import dagger.BindsInstance;
import dagger.Component;
import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.dagger.AsyncDmaMapModule;
import dev.aerostat.mapper.spi.DmaMapper;
import jakarta.inject.Singleton;

/** The objects of one guest. */
@Singleton
@Component(modules = {AsyncDmaMapModule.class, VmmModule.class})
interface VmmComponent {
  AsyncDmaMap engine();

  /** Takes what is not of the component's own making. */
  @Component.Factory
  interface Factory {
    VmmComponent create(
        @BindsInstance GuestMemory memory,
        @BindsInstance DmaMapper mapper,
        @BindsInstance Gate gate);
  }
}

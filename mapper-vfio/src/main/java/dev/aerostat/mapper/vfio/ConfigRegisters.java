package dev.aerostat.mapper.vfio;

import java.io.IOException;

/** The config space of a device as its driver in the host has it. */
interface ConfigRegisters {
  /** Returns what 1, 2 or 4 bytes hold, zero-extended. */
  long read(int register, int bytes) throws IOException;

  void write(int register, int bytes, long value) throws IOException;
}

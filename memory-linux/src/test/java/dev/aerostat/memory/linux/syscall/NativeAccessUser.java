package dev.aerostat.memory.linux.syscall;

import dev.aerostat.memory.linux.LinuxHostMemory;

/** A program that needs native access, for a Java that may not have it. */
final class NativeAccessUser {
  private NativeAccessUser() {}

  public static void main(String[] arguments) {
    try {
      var _ = new LinuxHostMemory();
      System.out.println("done");
    } catch (IllegalStateException missing) {
      System.out.println(missing.getMessage());
    }
  }
}

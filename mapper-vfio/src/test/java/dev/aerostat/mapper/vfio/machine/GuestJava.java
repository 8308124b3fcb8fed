package dev.aerostat.mapper.vfio.machine;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** How a test in the emulated machine starts a Java of its own, with the flags of this one. */
final class GuestJava {
  private GuestJava() {}

  /** Returns the command that runs a class which has a main method. */
  static List<String> command(Class<?> main) {
    var command = new ArrayList<String>();
    command.add(System.getProperty("java.home", "") + "/bin/java");
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), main.getName()));
    return command;
  }
}

package dev.aerostat.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A module as it was built.
 *
 * @param expectedName what the module table calls it
 * @param descriptor its descriptor
 * @param nullMarked whether the descriptor carries {@code @NullMarked}
 * @param packages the packages that it has classes in
 */
record BuiltModule(
    String expectedName, ModuleDescriptor descriptor, boolean nullMarked, Set<String> packages) {
  private static final String NULL_MARKED = "Lorg/jspecify/annotations/NullMarked;";

  static BuiltModule read(ModuleTable.Row row, Path classes) throws IOException {
    Path file = classes.resolve("module-info.class");
    if (!Files.exists(file)) {
      throw new IllegalStateException(
          "module '%s' has no descriptor in %s; add the module to the dependencies in"
                  .formatted(row.directory(), classes.normalize())
              + " lab/architecture/pom.xml, so that it is built first");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new BuiltModule(
          row.module(), ModuleDescriptor.read(in), isNullMarked(file), packagesIn(classes));
    }
  }

  private static boolean isNullMarked(Path file) throws IOException {
    return ClassFile.of().parse(file).findAttribute(Attributes.runtimeVisibleAnnotations()).stream()
        .flatMap(annotations -> annotations.annotations().stream())
        .anyMatch(annotation -> annotation.className().equalsString(NULL_MARKED));
  }

  private static Set<String> packagesIn(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .filter(file -> !file.endsWith("module-info.class"))
          .map(file -> classes.relativize(file.resolveSibling("")).toString().replace('/', '.'))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  String name() {
    return descriptor.name();
  }

  /** The modules that it requires, at run time or only to compile. */
  Stream<String> required() {
    return descriptor.requires().stream().map(ModuleDescriptor.Requires::name);
  }

  boolean exports(String packageName) {
    return descriptor.exports().stream().anyMatch(export -> export.source().equals(packageName));
  }

  boolean exportsToAll(String packageName) {
    return descriptor.exports().stream()
        .anyMatch(export -> export.source().equals(packageName) && !export.isQualified());
  }
}

package dev.aerostat.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What is judged: module descriptors, and classes.
 *
 * @param modules the modules
 * @param classes all their classes
 */
record Project(List<BuiltModule> modules, JavaClasses classes) {
  /** The tests run in the directory of their module. */
  static final Path ROOT = Path.of("..", "..");

  /**
   * Reads what was built of the modules that the root pom lists.
   *
   * @throws IllegalStateException if one is not in the module table, or was not built before this
   */
  static Project built() throws IOException {
    var modules = new ArrayList<BuiltModule>();
    var directories = new ArrayList<Path>();
    for (String directory : directories()) {
      if (!ModuleTable.WITHOUT_MODULE.contains(directory)) {
        Path classes = ROOT.resolve(directory).resolve("target/classes");
        modules.add(BuiltModule.read(ModuleTable.ofDirectory(directory), classes));
        directories.add(classes);
      }
    }
    return new Project(modules, new ClassFileImporter().importPaths(directories));
  }

  /** Puts together what breaks a rule. */
  static Project of(List<BuiltModule> modules, Class<?>... classes) {
    return new Project(modules, new ClassFileImporter().importClasses(classes));
  }

  static List<String> directories() throws IOException {
    try (var pom = Files.newInputStream(ROOT.resolve("pom.xml"))) {
      NodeList names =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(pom)
              .getElementsByTagName("module");
      var directories = new ArrayList<String>();
      for (int i = 0; i < names.getLength(); i++) {
        directories.add(names.item(i).getTextContent().strip());
      }
      return directories;
    } catch (ParserConfigurationException | SAXException failure) {
      throw new IOException("cannot read the root pom", failure);
    }
  }

  Optional<BuiltModule> module(String name) {
    return modules.stream().filter(module -> module.name().equals(name)).findFirst();
  }

  /** Returns the module whose name a class's package begins with. */
  Optional<BuiltModule> moduleOf(JavaClass type) {
    return module(ModuleTable.moduleOf(type.getPackageName()));
  }

  /** Returns whether other modules, or at least one of them, can see a package. */
  boolean isExported(JavaClass type) {
    return moduleOf(type).stream().anyMatch(module -> module.exports(type.getPackageName()));
  }

  /** Returns whether every module can see a package. */
  boolean isExportedToAll(JavaClass type) {
    return moduleOf(type).stream().anyMatch(module -> module.exportsToAll(type.getPackageName()));
  }

  Set<String> packages() {
    return classes.stream()
        .map(JavaClass::getPackageName)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

package dev.aerostat.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessField;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules of the architecture. Each lists its breaches, a line each. */
enum ArchitectureRule {
  A_CLASS_USES_ONLY_MODULES_THAT_THE_TABLE_ALLOWS(ArchitectureRule::forbiddenUses),
  A_DESCRIPTOR_REQUIRES_ONLY_MODULES_THAT_THE_TABLE_ALLOWS(ArchitectureRule::forbiddenRequires),
  A_MODULE_USES_ONLY_WHAT_ANOTHER_EXPORTS(ArchitectureRule::usesOfHiddenPackages),
  DAGGER_OCCURS_IN_THE_ENGINE_ONLY(ArchitectureRule::daggerElsewhere),
  DAGGER_STAYS_OUT_OF_EXPORTED_PACKAGES_BUT_ITS_OWN(ArchitectureRule::daggerInTheApi),
  THE_OBSERVER_KNOWS_NONE_OF_THOSE_IT_JUDGES(
      classRule(
          noClasses()
              .that(resideInAPackage("dev.aerostat.observer.."))
              .should(
                  dependOnClassesThat(
                      resideInAnyPackage(
                          "dev.aerostat.engine..",
                          "dev.aerostat.tracker..",
                          "dev.aerostat.virtio..",
                          "dev.aerostat.balloon.virtio..",
                          "dev.aerostat.mem.virtio..",
                          "dev.aerostat.guest.sim.."))))),
  DRIVER_AND_DEVICE_SHARE_NO_CODE_BUT_THE_API(
      classRule(
          sharesNothing("dev.aerostat.guest.sim.."),
          sharesNothing("dev.aerostat.virtio.."),
          sharesNothing("dev.aerostat.balloon.virtio..", "dev.aerostat.virtio.."),
          sharesNothing("dev.aerostat.mem.virtio..", "dev.aerostat.virtio.."))),
  /** A VMM gets a device's registers: the device itself is for the engine and its runners. */
  THE_DEVICE_ITSELF_IS_FOR_THE_ENGINE(
      door(
          "dev.aerostat.balloon.virtio.device",
          ModuleTable.BALLOON_VIRTIO,
          ModuleTable.ENGINE,
          ModuleTable.SIMULATION)),
  /** The same for virtio-mem. */
  THE_MEM_DEVICE_ITSELF_IS_FOR_THE_ENGINE(
      door(
          "dev.aerostat.mem.virtio.device",
          ModuleTable.MEM_VIRTIO,
          ModuleTable.ENGINE,
          ModuleTable.SIMULATION)),
  /** A VMM gets a handle: the state machine is for those who run it. */
  THE_STATE_MACHINE_IS_FOR_ITS_RUNNERS(
      door("dev.aerostat.engine.core", ModuleTable.ENGINE, ModuleTable.SIMULATION)),
  /** What an engine does is told by those who run it. */
  EVENTS_ARE_TOLD_BY_THE_RUNNERS(
      door("dev.aerostat.engine.events", ModuleTable.ENGINE, ModuleTable.SIMULATION)),
  /** A transport gets registers: rings and chains are for those who build a device. */
  RINGS_ARE_FOR_DEVICES(
      door(
          "dev.aerostat.virtio.device",
          ModuleTable.VIRTIO,
          ModuleTable.BALLOON_VIRTIO,
          ModuleTable.MEM_VIRTIO)),
  AN_EXPORTED_SIGNATURE_NAMES_ONLY_WHAT_ITS_CALLER_SEES(Leaks::in),
  A_NAME_SAYS_WHAT_A_CLASS_IS(ArchitectureRule::emptyNames),
  EVERY_MODULE_IS_NULL_MARKED(ArchitectureRule::notNullMarked),
  THE_ROOT_PACKAGE_IS_THE_MODULES_NAME(ArchitectureRule::strangePackages),
  LIBRARIES_DO_NOT_PRINT(
      classRule(
          noLibrary().should(dependOnClassesThat(resideInAPackage("java.util.logging.."))),
          noLibrary().should(accessField(System.class, "out")),
          noLibrary().should(accessField(System.class, "err")),
          noLibrary()
              .should(
                  callMethodWhere(
                      DescribedPredicate.describe(
                          "prints a stack trace",
                          call -> call.getName().equals("printStackTrace")))))),
  NO_KOTLIN(ArchitectureRule::kotlin),
  PACKAGES_FORM_NO_CYCLE(
      classRule(
          slices()
              .matching("dev.aerostat.(**)")
              .should()
              .beFreeOfCycles()
              // The one door from the engine's API to what is behind it.
              .ignoreDependency(
                  DescribedPredicate.describe(
                      "the builder",
                      type -> type.getName().equals("dev.aerostat.engine.AsyncDmaMapBuilder")),
                  resideInAPackage("dev.aerostat.engine.internal"))));

  private static final Pattern EMPTY_NAME =
      Pattern.compile(".*(Impl|Utils?|Helper|Manager)|I[A-Z].*");
  private static final String[] DAGGER = {"dagger..", "jakarta.inject..", "javax.inject.."};
  private static final Set<String> DAGGER_MODULES =
      Set.of("dagger", "jakarta.inject", "javax.inject");

  @SuppressWarnings("ImmutableEnumChecker") // Functions without a state.
  private final Function<Project, Stream<String>> breaches;

  ArchitectureRule(Function<Project, Stream<String>> breaches) {
    this.breaches = breaches;
  }

  List<String> breaches(Project project) {
    return breaches.apply(project).toList();
  }

  private static Function<Project, Stream<String>> classRule(ArchRule... rules) {
    return project -> Stream.of(rules).flatMap(rule -> evaluate(rule, project));
  }

  private static Stream<String> evaluate(ArchRule rule, Project project) {
    return rule
        .allowEmptyShould(true)
        .evaluate(project.classes())
        .getFailureReport()
        .getDetails()
        .stream();
  }

  private static GivenClassesConjunction noLibrary() {
    return noClasses()
        .that(
            DescribedPredicate.describe(
                "are not a program's",
                type ->
                    !ModuleTable.PROGRAMS.contains(ModuleTable.moduleOf(type.getPackageName()))));
  }

  private static ArchRule sharesNothing(String packages, String... but) {
    return classes()
        .that(resideInAPackage(packages))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(packages, "dev.aerostat.api", "java..", "org.jspecify..")
                .or(resideInAnyPackage(but)));
  }

  /** A package that only its own module and some others use, and that is exported to no more. */
  private static Function<Project, Stream<String>> door(
      String name, String owner, String... others) {
    Set<String> users = Set.of(others);
    DescribedPredicate<JavaClass> strangers =
        DescribedPredicate.describe(
            "are of no module that may use " + name,
            type -> {
              String module = ModuleTable.moduleOf(type.getPackageName());
              return !module.equals(owner) && !users.contains(module);
            });
    ArchRule rule = noClasses().that(strangers).should(dependOnClassesThat(resideInAPackage(name)));
    return project ->
        Stream.concat(evaluate(rule, project), tooWideExports(project, name, owner, users));
  }

  private static Stream<String> tooWideExports(
      Project project, String name, String owner, Set<String> users) {
    return project.module(owner).stream()
        .flatMap(module -> module.descriptor().exports().stream())
        .filter(exported -> exported.source().equals(name))
        .filter(exported -> !exported.isQualified() || !users.containsAll(exported.targets()))
        .map(
            exported ->
                "%s exports %s to %s: expected none but %s"
                    .formatted(
                        owner, name, exported.isQualified() ? exported.targets() : "all", users));
  }

  private static Stream<String> forbiddenUses(Project project) {
    return project.modules().stream()
        .flatMap(module -> evaluate(usesOnlyAllowed(module.name()), project));
  }

  private static ArchRule usesOnlyAllowed(String module) {
    String[] allowed =
        ModuleTable.usableBy(module).stream().map(name -> name + "..").toArray(String[]::new);
    return classes()
        .that(resideInAPackage(module + ".."))
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("dev.aerostat..").or(resideInAnyPackage(allowed)));
  }

  private static Stream<String> forbiddenRequires(Project project) {
    return project.modules().stream()
        .flatMap(
            module ->
                module
                    .required()
                    .filter(name -> name.startsWith(ModuleTable.ROOT))
                    .filter(name -> !ModuleTable.usableBy(module.name()).contains(name))
                    .map(name -> "%s requires %s".formatted(module.name(), name)));
  }

  private static Stream<String> usesOfHiddenPackages(Project project) {
    return project.classes().stream()
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .filter(use -> isOfAnotherModule(use, project))
        .filter(use -> !project.isExported(use.getTargetClass()))
        .map(Dependency::getDescription);
  }

  private static boolean isOfAnotherModule(Dependency use, Project project) {
    Optional<BuiltModule> target = project.moduleOf(use.getTargetClass());
    return target.isPresent() && !target.equals(project.moduleOf(use.getOriginClass()));
  }

  private static Stream<String> daggerElsewhere(Project project) {
    Stream<String> required =
        project.modules().stream()
            .filter(module -> !module.name().equals(ModuleTable.ENGINE))
            .flatMap(
                module ->
                    module
                        .required()
                        .filter(DAGGER_MODULES::contains)
                        .map(name -> "%s requires %s".formatted(module.name(), name)));
    ArchRule rule =
        noClasses()
            .that(resideOutsideOfPackage("dev.aerostat.engine.."))
            .should(dependOnClassesThat(resideInAnyPackage(DAGGER)));
    return Stream.concat(required, evaluate(rule, project));
  }

  private static Stream<String> daggerInTheApi(Project project) {
    ArchRule rule =
        noClasses()
            .that(DescribedPredicate.describe("are exported", project::isExported))
            .and(resideOutsideOfPackage("dev.aerostat.engine.dagger"))
            .should(dependOnClassesThat(resideInAnyPackage(DAGGER)));
    return evaluate(rule, project);
  }

  private static Stream<String> emptyNames(Project project) {
    return project.classes().stream()
        .filter(type -> !isGenerated(type))
        .filter(type -> EMPTY_NAME.matcher(type.getSimpleName()).matches())
        .map(type -> type.getName() + ": name what is special about it");
  }

  private static boolean isGenerated(JavaClass type) {
    return type.isAnnotatedWith("dagger.internal.DaggerGenerated")
        || type.getEnclosingClass().filter(ArchitectureRule::isGenerated).isPresent();
  }

  private static Stream<String> notNullMarked(Project project) {
    return project.modules().stream()
        .filter(module -> !module.nullMarked())
        .map(module -> module.name() + " is not @NullMarked");
  }

  private static Stream<String> strangePackages(Project project) {
    var breaches = new ArrayList<String>();
    for (BuiltModule module : project.modules()) {
      if (!module.name().equals(module.expectedName())) {
        breaches.add("%s: expected the name %s".formatted(module.name(), module.expectedName()));
      }
      module.packages().stream()
          .filter(name -> !(name + ".").startsWith(module.name() + "."))
          .map(name -> "%s has a package %s".formatted(module.name(), name))
          .forEach(breaches::add);
    }
    return breaches.stream();
  }

  private static Stream<String> kotlin(Project project) {
    Stream<String> required =
        project.modules().stream()
            .flatMap(
                module ->
                    module
                        .required()
                        .filter(name -> name.startsWith("kotlin"))
                        .map(name -> "%s requires %s".formatted(module.name(), name)));
    ArchRule rule = noClasses().should(dependOnClassesThat(resideInAPackage("kotlin..")));
    return Stream.concat(required, evaluate(rule, project));
  }
}

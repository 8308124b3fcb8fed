package dev.aerostat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.engine.sabotage.OffersDagger;
import dev.aerostat.guest.sim.sabotage.BorrowsTheCodec;
import dev.aerostat.observer.sabotage.AsksTheTracker;
import dev.aerostat.tracker.sabotage.CallsTheEngine;
import dev.aerostat.tracker.sabotage.IThing;
import dev.aerostat.tracker.sabotage.Leaky;
import dev.aerostat.tracker.sabotage.LogsAndPrints;
import dev.aerostat.tracker.sabotage.PageHelper;
import dev.aerostat.tracker.sabotage.PageUtils;
import dev.aerostat.tracker.sabotage.ThingImpl;
import dev.aerostat.tracker.sabotage.ThingManager;
import dev.aerostat.tracker.sabotage.WantsInjection;
import dev.aerostat.tracker.sabotage.WrittenInKotlin;
import dev.aerostat.tracker.sabotage.hidden.Hidden;
import dev.aerostat.tracker.sabotage.loop.There;
import dev.aerostat.tracker.sabotage.loop.back.AndBack;
import dev.aerostat.vhost.user.sabotage.DrivesTheDevice;
import dev.aerostat.vhost.user.sabotage.FeedsTheStateMachine;
import dev.aerostat.vhost.user.sabotage.ReadsTheRing;
import java.lang.module.ModuleDescriptor;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule can be broken, and names what broke it: a rule that cannot fail is not one. */
final class BrokenArchitectureTest {
  private static final BuiltModule TRACKER = module(ModuleTable.TRACKER, module -> module);
  private static final BuiltModule EXPORTING_TRACKER =
      module(ModuleTable.TRACKER, module -> module.exports("dev.aerostat.tracker.sabotage"));

  static Stream<Arguments> sabotage() {
    return Stream.of(
        broken(
            ArchitectureRule.A_CLASS_USES_ONLY_MODULES_THAT_THE_TABLE_ALLOWS,
            Project.of(List.of(TRACKER), CallsTheEngine.class),
            "EngineSettings"),
        broken(
            ArchitectureRule.A_DESCRIPTOR_REQUIRES_ONLY_MODULES_THAT_THE_TABLE_ALLOWS,
            requiring(ModuleTable.ENGINE),
            "dev.aerostat.tracker requires dev.aerostat.engine"),
        broken(
            ArchitectureRule.A_MODULE_USES_ONLY_WHAT_ANOTHER_EXPORTS,
            Project.of(
                List.of(TRACKER, module(ModuleTable.ENGINE, module -> module)),
                CallsTheEngine.class),
            "EngineSettings"),
        broken(
            ArchitectureRule.DAGGER_OCCURS_IN_THE_ENGINE_ONLY,
            Project.of(List.of(TRACKER), WantsInjection.class),
            "jakarta.inject.Inject"),
        broken(
            ArchitectureRule.DAGGER_OCCURS_IN_THE_ENGINE_ONLY,
            requiring("dagger"),
            "requires dagger"),
        broken(
            ArchitectureRule.DAGGER_STAYS_OUT_OF_EXPORTED_PACKAGES_BUT_ITS_OWN,
            Project.of(
                List.of(
                    module(
                        ModuleTable.ENGINE,
                        module -> module.exports("dev.aerostat.engine.sabotage"))),
                OffersDagger.class),
            "dagger.Module"),
        broken(
            ArchitectureRule.THE_OBSERVER_KNOWS_NONE_OF_THOSE_IT_JUDGES,
            Project.of(List.of(), AsksTheTracker.class),
            "BitmapTracker"),
        broken(
            ArchitectureRule.DRIVER_AND_DEVICE_SHARE_NO_CODE_BUT_THE_API,
            Project.of(List.of(), BorrowsTheCodec.class),
            "BalloonSettings"),
        broken(
            ArchitectureRule.THE_DEVICE_ITSELF_IS_FOR_THE_ENGINE,
            Project.of(List.of(), DrivesTheDevice.class),
            "BalloonDevice"),
        broken(
            ArchitectureRule.THE_DEVICE_ITSELF_IS_FOR_THE_ENGINE,
            exportingToAll(ModuleTable.BALLOON_VIRTIO, "dev.aerostat.balloon.virtio.device"),
            "to all"),
        broken(
            ArchitectureRule.THE_DEVICE_ITSELF_IS_FOR_THE_ENGINE,
            exportingTo(
                ModuleTable.BALLOON_VIRTIO,
                "dev.aerostat.balloon.virtio.device",
                ModuleTable.VHOST_USER),
            ModuleTable.VHOST_USER),
        broken(
            ArchitectureRule.THE_MEM_DEVICE_ITSELF_IS_FOR_THE_ENGINE,
            exportingToAll(ModuleTable.MEM_VIRTIO, "dev.aerostat.mem.virtio.device"),
            "to all"),
        broken(
            ArchitectureRule.THE_STATE_MACHINE_IS_FOR_ITS_RUNNERS,
            Project.of(List.of(), FeedsTheStateMachine.class),
            "EngineCore"),
        broken(
            ArchitectureRule.THE_STATE_MACHINE_IS_FOR_ITS_RUNNERS,
            exportingToAll(ModuleTable.ENGINE, "dev.aerostat.engine.core"),
            "to all"),
        broken(
            ArchitectureRule.EVENTS_ARE_TOLD_BY_THE_RUNNERS,
            exportingToAll(ModuleTable.ENGINE, "dev.aerostat.engine.events"),
            "to all"),
        broken(
            ArchitectureRule.RINGS_ARE_FOR_DEVICES,
            Project.of(List.of(), ReadsTheRing.class),
            "SplitVirtqueue"),
        broken(
            ArchitectureRule.RINGS_ARE_FOR_DEVICES,
            exportingToAll(ModuleTable.VIRTIO, "dev.aerostat.virtio.device"),
            "to all"),
        leak("Leaky.secret()"),
        leak("Leaky.hidden()"),
        leak("Leaky.hiddenInside("),
        leak("Leaky shows"),
        leak("Leaky.field"),
        name(ThingImpl.class),
        name(PageUtils.class),
        name(PageHelper.class),
        name(ThingManager.class),
        name(IThing.class),
        broken(
            ArchitectureRule.EVERY_MODULE_IS_NULL_MARKED,
            Project.of(
                List.of(
                    new BuiltModule(
                        ModuleTable.TRACKER, TRACKER.descriptor(), false, TRACKER.packages()))),
            "dev.aerostat.tracker is not @NullMarked"),
        broken(
            ArchitectureRule.THE_ROOT_PACKAGE_IS_THE_MODULES_NAME,
            Project.of(
                List.of(
                    new BuiltModule(
                        ModuleTable.TRACKER,
                        TRACKER.descriptor(),
                        true,
                        Set.of("dev.aerostat.trackers")))),
            "dev.aerostat.trackers"),
        broken(
            ArchitectureRule.THE_ROOT_PACKAGE_IS_THE_MODULES_NAME,
            Project.of(
                List.of(new BuiltModule(ModuleTable.API, TRACKER.descriptor(), true, Set.of()))),
            "expected the name dev.aerostat.api"),
        prints("java.util.logging.Logger"),
        prints("java.lang.System.out"),
        prints("java.lang.System.err"),
        prints("printStackTrace"),
        broken(
            ArchitectureRule.NO_KOTLIN,
            Project.of(List.of(TRACKER), WrittenInKotlin.class),
            "kotlin.Metadata"),
        broken(ArchitectureRule.NO_KOTLIN, requiring("kotlin.stdlib"), "requires kotlin.stdlib"),
        broken(
            ArchitectureRule.PACKAGES_FORM_NO_CYCLE,
            Project.of(List.of(TRACKER), There.class, AndBack.class),
            "Cycle detected"));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("sabotage")
  void aBreachIsTold(ArchitectureRule rule, Project project, String expected) {
    List<String> breaches = rule.breaches(project);
    assertTrue(
        breaches.stream().anyMatch(breach -> breach.contains(expected)), () -> "told " + breaches);
  }

  @Test
  void everyRuleIsBrokenHere() {
    var broken = EnumSet.noneOf(ArchitectureRule.class);
    sabotage().forEach(arguments -> broken.add((ArchitectureRule) arguments.get()[0]));
    assertEquals(EnumSet.allOf(ArchitectureRule.class), broken);
  }

  private static Arguments broken(ArchitectureRule rule, Project project, String expected) {
    return Arguments.of(rule, project, expected);
  }

  private static Arguments leak(String expected) {
    return broken(
        ArchitectureRule.AN_EXPORTED_SIGNATURE_NAMES_ONLY_WHAT_ITS_CALLER_SEES,
        Project.of(List.of(EXPORTING_TRACKER), Leaky.class, Hidden.class),
        expected);
  }

  private static Arguments name(Class<?> type) {
    return broken(
        ArchitectureRule.A_NAME_SAYS_WHAT_A_CLASS_IS,
        Project.of(List.of(TRACKER), type),
        type.getSimpleName());
  }

  private static Arguments prints(String how) {
    return broken(
        ArchitectureRule.LIBRARIES_DO_NOT_PRINT,
        Project.of(List.of(TRACKER), LogsAndPrints.class),
        how);
  }

  private static Project exportingToAll(String owner, String name) {
    return Project.of(List.of(module(owner, module -> module.exports(name))));
  }

  private static Project exportingTo(String owner, String name, String target) {
    return Project.of(List.of(module(owner, module -> module.exports(name, Set.of(target)))));
  }

  private static Project requiring(String name) {
    return Project.of(List.of(module(ModuleTable.TRACKER, module -> module.requires(name))));
  }

  private static BuiltModule module(String name, UnaryOperator<ModuleDescriptor.Builder> changes) {
    ModuleDescriptor descriptor = changes.apply(ModuleDescriptor.newModule(name)).build();
    return new BuiltModule(name, descriptor, true, descriptor.packages());
  }
}

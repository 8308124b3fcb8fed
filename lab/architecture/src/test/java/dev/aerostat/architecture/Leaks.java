package dev.aerostat.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Types of ours in the signatures of an exported package that its callers cannot name. */
final class Leaks {
  private Leaks() {}

  static Stream<String> in(Project project) {
    return project.classes().stream()
        .filter(Leaks::isVisible)
        .filter(project::isExportedToAll)
        .flatMap(type -> in(type, project));
  }

  private static Stream<String> in(JavaClass type, Project project) {
    Stream<String> parents =
        leaked(
            type.getName(),
            Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream()),
            project);
    Stream<String> members =
        type.getMembers().stream()
            .filter(Leaks::isVisible)
            .flatMap(member -> leaked(member.getFullName(), signature(member), project));
    return Stream.concat(parents, members);
  }

  private static Stream<JavaType> signature(JavaMember member) {
    return switch (member) {
      case JavaField field -> Stream.of(field.getType());
      case JavaCodeUnit unit ->
          Stream.of(
                  List.of(unit.getReturnType()),
                  unit.getParameterTypes(),
                  unit.getThrowsClause().getTypes())
              .flatMap(Collection::stream);
      default -> Stream.of();
    };
  }

  private static Stream<String> leaked(
      String where, Stream<? extends JavaType> signature, Project project) {
    return signature
        .flatMap(type -> type.getAllInvolvedRawTypes().stream())
        .map(JavaClass::getBaseComponentType)
        .filter(type -> project.moduleOf(type).isPresent())
        .filter(type -> !isVisible(type) || !project.isExportedToAll(type))
        .map(type -> "%s shows %s".formatted(where, type.getName()));
  }

  private static boolean isVisible(JavaClass type) {
    boolean visible =
        type.getModifiers().contains(JavaModifier.PUBLIC)
            || type.getModifiers().contains(JavaModifier.PROTECTED);
    return visible && type.getEnclosingClass().map(Leaks::isVisible).orElse(true);
  }

  private static boolean isVisible(JavaMember member) {
    return !member.getModifiers().contains(JavaModifier.SYNTHETIC)
        && (member.getModifiers().contains(JavaModifier.PUBLIC)
            || member.getModifiers().contains(JavaModifier.PROTECTED));
  }
}

package dev.aerostat.mapper.spi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name by which a user asks for a mapper. It is read from the provider's type, before anything
 * of the provider is initialised.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface MapperName {
  /**
   * Returns the name.
   *
   * @return lower-case letters, digits and hyphens
   */
  String value();
}

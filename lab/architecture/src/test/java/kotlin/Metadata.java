package kotlin;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Stands for the annotation that every class file of Kotlin carries. */
@Retention(RetentionPolicy.RUNTIME)
public @interface Metadata {}

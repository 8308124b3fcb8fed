package dev.aerostat.vfio.user;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Has one method of an interface throw or answer something else. Safe for use by any thread. */
final class Faults {
  private volatile Optional<Fault> fault = Optional.empty();
  private final AtomicInteger met = new AtomicInteger();

  private record Fault(
      String method, boolean afterwards, Function<Object[], @Nullable Object> what) {}

  /** Nothing is thrown, and nothing was so far. */
  void none() {
    fault = Optional.empty();
    met.set(0);
  }

  /** The method throws before it does anything. */
  void thrownBy(String method, Throwable thrown) {
    fault = Optional.of(new Fault(method, false, _ -> raise(thrown)));
  }

  /** The method does what it does, and throws then. */
  void thrownAtTheEndOf(String method, Throwable thrown) {
    fault = Optional.of(new Fault(method, true, _ -> raise(thrown)));
  }

  /** The method returns this. */
  void answered(String method, Object answer) {
    fault = Optional.of(new Fault(method, false, _ -> answer));
  }

  /** The method does something else. */
  void replaced(String method, Function<Object[], @Nullable Object> by) {
    fault = Optional.of(new Fault(method, false, by));
  }

  int met() {
    return met.get();
  }

  private static Object raise(Throwable thrown) {
    return Faults.<RuntimeException>sneak(thrown);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> Object sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** Returns the target, with faults. */
  <T> T in(Class<T> type, T target) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          Optional<Fault> now = fault.filter(it -> it.method().equals(method.getName()));
          now.ifPresent(_ -> met.incrementAndGet());
          if (now.isPresent() && !now.get().afterwards()) {
            return now.get().what().apply(arguments);
          }
          try {
            Object result = method.invoke(target, arguments);
            return now.isPresent() ? now.get().what().apply(arguments) : result;
          } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
          }
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}

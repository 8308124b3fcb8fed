import com.example.mapper.TableMapperProvider;
import dev.aerostat.mapper.spi.MapperProvider;

/** A mapper plugin of somebody's. */
module com.example.mapper {
  requires dev.aerostat.mapper.spi;

  provides MapperProvider with
      TableMapperProvider;
}

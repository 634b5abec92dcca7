"""A database as the first release made it, with the rows of one of today that it knew."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, select

from storage.database import MIGRATIONS, create_database_engine

OLDEST = "0001"


def make_oldest(url: str, source: Engine) -> None:
    """A database of the first schema, holding those rows and columns of ``source`` that it knew."""
    engine = create_database_engine(url)
    with engine.execution_options(is_writing=True).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, OLDEST)
    old, new = MetaData(), MetaData()
    old.reflect(engine)
    new.reflect(source)
    with source.connect() as reading, engine.execution_options(is_writing=True).begin() as connection:
        for table in old.sorted_tables:
            if table.name == "alembic_version":
                continue
            known = new.tables[table.name]
            query = select(*(known.columns[column.name] for column in table.columns)).order_by(*known.primary_key)
            rows = reading.execute(query).mappings().all()  # in order: a page comes behind the one it belongs to
            if rows:
                connection.execute(table.insert(), [dict(row) for row in rows])
    engine.dispose()

"""What an error page or a log with local variables could show of an exception."""

from types import TracebackType


def shown(error: BaseException) -> str:
    """The repr of every local in every frame below the test's own, of the exception and of all that hang on it, hidden
    ones too."""
    seen: set[int] = set()
    found: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        found += [repr(one), *map(repr, vars(one).values()), *_locals(one.__traceback__)]
        waiting += [one.__cause__, one.__context__]
    return "\n".join(found)


def _locals(trace: TracebackType | None) -> list[str]:
    found: list[str] = []
    while trace is not None:
        if "/tests/vault/" not in trace.tb_frame.f_code.co_filename:
            found += [f"{name}={value!r}" for name, value in trace.tb_frame.f_locals.items()]
        trace = trace.tb_next
    return found

"""`cppcc alerts`: the channels that messages go to."""

import typer
from rich.text import Text

from scheduler.cli.commands.context import settings
from scheduler.cli.presentation import AsJson, console, fail, moment, print_json, table

app = typer.Typer(no_args_is_help=True, help="The channels that messages go to.")


@app.command("test")
def send_test(as_json: AsJson = False) -> None:
    """Send a test message to each channel and say what came back; exit 0 if all took it."""
    from scheduler.alerts.channels import open_channels  # httpx, for this command alone
    from scheduler.alerts.messages import Notice
    from scheduler.alerts.posting import ChannelError

    config = settings()
    now = config.now()
    try:
        channels = open_channels(config.channels.get_secret_value(), var=config.var, now=config.now)
    except ChannelError as error:
        fail(f"CPPCC_CHANNELS: {error}", code=2)
    notice = Notice(
        key=f"test:{now:%Y%m%dT%H%M%S%z}",
        kind="test",
        title="cppcc-monitor: a test message (测试消息)",
        body=f"Sent by `cppcc alerts test` at {moment(now)}. 收到即表示通道可用。",
    )
    problems: dict[str, str | None] = {}
    for channel in channels:
        try:
            channel.send(notice)
        except ChannelError as error:
            problems[channel.name] = str(error)
        else:
            problems[channel.name] = None
    if as_json:
        print_json(
            [
                {"channel": name, "taken": problem is None, "problem": problem}
                for name, problem in problems.items()
            ]
        )
    else:
        rows = table("channel", "answer")
        for name, problem in problems.items():
            words = Text("taken", style="green") if problem is None else Text(problem, style="red")
            rows.add_row(name, words)
        console.print(rows)
    if any(problem is not None for problem in problems.values()):
        raise typer.Exit(1)

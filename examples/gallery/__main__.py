"""Run the examples of the gallery, one after the other, and write the page."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosscheck.examples.gallery import EXAMPLES, page

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    only: Annotated[
        list[str] | None,
        typer.Option(help="Run this example, and show of the others what they last wrote."),
    ] = None,
    output: Annotated[
        Path, typer.Option(file_okay=False, help="The folder the examples write to.")
    ] = Path("gallery"),
    html: Annotated[Path, typer.Option(dir_okay=False, help="The page to write.")] = Path(
        "docs/gallery/index.html"
    ),
) -> None:
    """Run every example, each in a process of its own, and write the page of what they show."""
    console = Console()
    for name in only or EXAMPLES:
        if name not in EXAMPLES:
            raise typer.BadParameter(f"{name} is none of {', '.join(EXAMPLES)}")
        console.rule(name)
        module = f"crosscheck.examples.{name}"
        run = subprocess.run([sys.executable, "-m", module, "--output", str(output / name)])
        if run.returncode:
            console.print(f"{name} ended with status {run.returncode}; no page", style="red")
            raise typer.Exit(1)
    try:
        text = page.render(EXAMPLES, output)
    except FileNotFoundError as problem:
        console.print(f"{problem.filename} is missing: run without --only first", style="red")
        raise typer.Exit(1) from None
    html.parent.mkdir(parents=True, exist_ok=True)
    html.write_text(text, encoding="utf-8")
    console.print(str(html), soft_wrap=True)


if __name__ == "__main__":
    app()

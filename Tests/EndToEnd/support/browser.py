"""Headless Chromium, controlled through the user interface."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import resources
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from .locations import tool
from .waiting import eventually

HOW_TO_GET_IT = "./build.sh test, which installs Debian's chromium and chromium-driver"


class Browser:
    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(tool("chromium", HOW_TO_GET_IT))
        options.add_argument("--headless=new")
        options.add_argument("--disable-dev-shm-usage")
        if os.geteuid() == 0:
            # Chromium's sandbox does not work for root, which containers and CI run tests as.
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(str(tool("chromedriver", HOW_TO_GET_IT)))
        self.driver = webdriver.Chrome(options, service)
        self.reset()

    def reset(self) -> None:
        """Clears the browser's storage, as for a first visit."""
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
        self.resize(1_280, 800)
        self.prefer("light")
        self.driver.get_log("browser")

    def close(self) -> None:
        self.driver.quit()

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def prefer(self, scheme: str) -> None:
        """Sets the system's colour scheme: light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def open(self, url: str) -> None:
        # A change of the fragment alone would not reload the page.
        self.driver.get("about:blank")
        self.driver.get(url)

    def find(self, selector: str) -> list[WebElement]:
        """Finds the visible elements."""
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].filter((element) => element.checkVisibility())",
            selector,
        )

    def one(self, selector: str) -> WebElement:
        found = self.eventually(lambda: self.find(selector), f"an element {selector}")
        assert len(found) == 1, f"{len(found)} elements {selector}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        """The text content of the elements, including text that is cut off visually."""
        return self.eventually(
            lambda: [
                self.run(
                    """return [...document.querySelectorAll(arguments[0])]
                           .filter((element) => element.checkVisibility())
                           .map((element) => element.textContent.trim())""",
                    selector,
                )
            ],
            selector,
        )[0]

    def press(self, *keys: str) -> None:
        """Presses keys in the focused element."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def eventually(self, condition: Callable[[], Any], what: str) -> Any:
        def attempt() -> Any:
            try:
                return condition()
            except StaleElementReferenceException:
                # The page has re-rendered the element meanwhile.
                return None

        return eventually(attempt, lambda: f"{what}; the page:\n{self.one_text()}")

    def one_text(self) -> str:
        return str(self.run("return document.body.innerText.slice(0, 4000)"))

    def table(self, selector: str) -> dict[str, list[str]]:
        """The rows of a table: the texts of their cells by that of their head."""
        rows = self.run(
            """return [...document.querySelectorAll(`${arguments[0]} tbody tr`)].map((row) =>
                   [row.querySelector("th").textContent, [...row.querySelectorAll("td")].map((cell) => cell.textContent)])""",
            selector,
        )
        return dict(rows)

    def violations(self) -> list[dict[str, Any]]:
        """What axe-core finds against WCAG 2.1, levels A and AA, and its own best practices."""
        self.run(resources.files("axe_core_python").joinpath("axe.min.js").read_text())
        found = self.driver.execute_async_script(
            """const done = arguments[arguments.length - 1];
               axe.run().then(({ violations }) => done(violations), (error) => done([{ id: String(error) }]));"""
        )
        return [
            {"rule": one["id"], "help": one.get("help"), "at": [node["target"] for node in one.get("nodes", [])[:5]]}
            for one in found
        ]

    @property
    def complaints(self) -> list[str]:
        """The console messages since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


__all__ = ["Browser", "Keys"]

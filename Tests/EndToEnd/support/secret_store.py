"""AWS's Secrets Manager and Parameter Store, simulated by moto's server (https://docs.getmoto.org).

It verifies each request's signature with botocore's own signer, and the caller's permissions.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config

from .loopback import is_listening, reserve
from .programs import Program
from .waiting import eventually

REGION = "eu-central-1"
#: The calls that a function's role permits by default.
READS = ("secretsmanager:GetSecretValue", "ssm:GetParameter")


class SecretStore(Program):
    def __init__(self, directory: Path) -> None:
        self.address = reserve()
        host, port = str(self.address.host), str(self.address.port)
        command = [Path(sys.executable).with_name("moto_server"), "--host", host, "--port", port]
        # Without a number moto verifies nothing, and the number cannot be set later.
        super().__init__(command, {"INITIAL_NO_AUTH_ACTION_COUNT": "1000000"}, directory)
        eventually(
            lambda: is_listening(self.address) or not self.is_running,
            lambda: f"moto to listen on {self.address}:\n{self.log}",
        )
        assert self.is_running, f"moto ended at once:\n{self.log}"

    @property
    def call_count(self) -> int:
        """The number of API calls so far, by any caller."""
        return self.log.count('"POST / HTTP/1.1"')

    def client(self, service: str) -> Any:
        """An administrator's client."""
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.address.url,
            aws_access_key_id="administrator",
            aws_secret_access_key="administrator",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def put_secret(self, text: str) -> str:
        """Creates a secret.

        Returns:
            Its ARN.
        """
        return str(self.client("secretsmanager").create_secret(Name="honeyhive/key", SecretString=text)["ARN"])

    def put_parameter(self, text: str) -> str:
        """Creates an encrypted parameter.

        Returns:
            Its name.
        """
        self.client("ssm").put_parameter(Name="/honeyhive/key", Value=text, Type="SecureString")
        return "/honeyhive/key"

    def environment(self, actions: tuple[str, ...] = READS) -> dict[str, str]:
        """Creates a role's temporary credentials, as Lambda passes them; all requests are verified from then on."""
        iam = self.client("iam")
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
        arn = iam.create_role(RoleName="function", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        if actions:
            self.allow(*actions)
        credentials = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"]
        self.check_callers(True)
        return {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.address.url,
        }

    def allow(self, *actions: str) -> None:
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
        self.client("iam").put_role_policy(RoleName="function", PolicyName="reads", PolicyDocument=json.dumps(policy))

    def check_callers(self, checks: bool) -> None:
        """Enables or disables the verification of signatures and permissions; administrators need it disabled."""
        count = "0" if checks else "1000000"
        requests.post(f"{self.address.url}/moto-api/reset-auth", data=count, timeout=5).raise_for_status()

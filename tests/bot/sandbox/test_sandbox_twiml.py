"""The vocabulary of voice TwiML: sound documents pass, every other one is told what is wrong with it."""

from __future__ import annotations

import inspect

import pytest
from twilio.twiml import TwiML, voice_response

from bot.sandbox.twilio.twiml import faults_of
from bot.sandbox.twilio.twiml_facts import RULES
from bot.sandbox.twilio.voices_facts import voice_fault

SPELLED = {"from_": "from", "for_": "for", "xml_lang": "xml:lang", "interpret_as": "interpret-as", "break_": "break"}
# The library's classes that are called another way in XML.
NAMES = {"VoiceResponse": "Response", "SipUri": "Uri", "SsmlSayAs": "say-as"}


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return SPELLED.get(name) or head + "".join(word.capitalize() for word in tail)


def elements():
    found = inspect.getmembers(voice_response, inspect.isclass)
    for name, kind in found:
        if issubclass(kind, TwiML) and kind is not TwiML:
            yield NAMES.get(name) or (name.removeprefix("Ssml").lower() if name.startswith("Ssml") else name), kind


@pytest.mark.parametrize(
    "inside",
    [
        '<Say language="da-DK" voice="Polly.Naja">Er nogen i fare, så ring 1-1-2.</Say>',
        '<Say>Ring <say-as interpret-as="telephone">112</say-as><break time="300ms"/> nu.</Say>',
        '<Gather numDigits="1" timeout="0" action="/x?a=1" actionOnEmptyResult="true"><Say>Tryk et</Say></Gather>',
        '<Gather finishOnKey="" input="dtmf speech"><Play>/x.mp3</Play><Pause length="2"/></Gather>',
        '<Enqueue waitUrl="" action="x" maxQueueSize="5">token-1</Enqueue>',
        '<Dial timeout="20" hangupOnStar="true"><Queue url="/before">token-1</Queue></Dial>',
        '<Dial callerId="+4552500002">+4552501001</Dial>',
        '<Dial><Number url="/w">+4552501001</Number><Number>+4552501002</Number></Dial>',
        '<Dial><Conference beep="false" waitUrl="" endConferenceOnExit="true">K7M2</Conference></Dial>',
        '<Record maxLength="120" finishOnKey="#" recordingStatusCallback="/r" recordingStatusCallbackEvent="absent"/>',
        '<Play digits="1w2#"/><Redirect method="GET">https://x.example/a</Redirect><Reject reason="busy"/><Leave/>',
    ],
)
def test_a_sound_document_has_no_faults(inside):
    assert faults_of(f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>') == []


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<Speak>hej</Speak>", "holds no <Speak>"),
        ('<Say langauge="da-DK">hej</Say>', "no attribute langauge"),
        ('<Say language="dansk">hej</Say>', "language='dansk'"),
        ('<Say voice="Polly.Naja" language="en-GB">hi</Say>', "does not speak en-GB"),
        ('<Say voice="Polly.Najaa">hej</Say>', "no voice is called Polly.Najaa"),
        ("<Say></Say>", "nothing to say"),
        (f"<Say>{'x' * 4097}</Say>", "4097 characters"),
        ('<Gather numDigits="0"/>', "numDigits='0'"),
        ('<Gather timeout="auto"/>', "timeout='auto'"),
        ('<Gather finishOnKey="##"/>', "finishOnKey='##'"),
        ("<Gather><Record/></Gather>", "holds no <Record>"),
        ("<Gather>tryk et</Gather>", "holds no text"),
        ('<Pause length="1.5"/>', "length='1.5'"),
        ("<Enqueue/>", "no queue is named"),
        (f"<Enqueue>{'x' * 65}</Enqueue>", "cannot say"),
        ("<Dial/>", "either a number"),
        ("<Dial>52501001</Dial>", "cannot say '52501001'"),
        ("<Dial><Queue>a</Queue><Queue>b</Queue></Dial>", "only numbers and clients"),
        ("<Dial><Queue/></Dial>", "cannot say ''"),
        ("<Play/>", "either an address or digits"),
        ("<Redirect/>", "cannot say ''"),
        ('<Redirect method="PUT">/x</Redirect>', "method='PUT'"),
        ('<Reject reason="tired"/>', "reason='tired'"),
        ('<Record maxLength="0"/>', "maxLength='0'"),
        ("hej", "holds no text"),
    ],
)
def test_a_fault_is_told_in_words(inside, words):
    [fault] = faults_of(f"<Response>{inside}</Response>")
    assert words in fault


@pytest.mark.parametrize("xml", ["", "hej", "<Response>", "<Response>&</Response>", "<Response>\x0b</Response>"])
def test_what_is_not_xml_is_said_to_be_none(xml):
    assert faults_of(xml)[0].startswith("not XML")


def test_every_fault_of_a_document_is_found():
    assert len(faults_of('<Response><Say loop="x">a</Say><Pause length="y"/><Foo/></Response>')) == 3


def test_every_element_the_library_can_build_is_known():
    assert {name for name, _ in elements()} - set(RULES) == set()


def test_every_attribute_the_library_can_set_is_known():
    unknown = []
    for _, kind in elements():
        for method in vars(kind).values():
            built = inspect.isfunction(method) and method.__name__ not in ("__init__", "add_child")
            made = inspect.getsource(method).split("return self.nest(")[-1].strip() if built else ""
            name = next((n for n, k in elements() if made.startswith(k.__name__ + "(")), "")
            own = {line.split("=")[0].strip() for line in made.splitlines()[1:] if "=" in line}
            rule = RULES.get(name)
            texts = {"message", "url", "name", "number", "words", "identity", "sipUrl", "applicationSid"}
            unknown += [f"{name}.{a}" for a in map(camel, own) if rule and a not in {*rule.attributes, *texts}]
    assert unknown == []


@pytest.mark.parametrize("voice", ["", "alice", "Polly.Mads", "Polly.Hannah-Neural", "Google.da-DK-Wavenet-A"])
def test_voices_that_exist_are_known(voice):
    assert voice_fault(voice, "") == ""


def test_a_voice_of_the_neural_engine_alone_needs_its_suffix():
    assert voice_fault("Polly.Hannah", "de-AT") == "Polly.Hannah exists as Polly.Hannah-Neural alone"

"""Twilio's voice TwiML as data: every documented element, its attributes, the form of each value, what may stand in it.

Written down from the reference, so that documents are judged by something other than the library that builds them.
"""

from __future__ import annotations

from dataclasses import dataclass

URL = r"\S+"
URL_OR_NONE = r"\S*"
METHOD = r"GET|POST"
YES_NO = r"true|false"
WHOLE = r"\d{1,6}"
POSITIVE = r"[1-9]\d{0,5}"
TEXT = r"(?s).*"
NAME = r"(?s).{1,64}"
KEYS = r"[0-9*#]*"
NUMBER = r"\+[1-9]\d{7,14}"
LANGUAGE = r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-\d{3})?"
DIGITS = r"[0-9A-D*#wW]+"
RECORDING_EVENTS = r"(in-progress|completed|absent)( (in-progress|completed|absent))*"
CALL_EVENTS = r"(initiated|ringing|answered|completed)( (initiated|ringing|answered|completed))*"
CONFERENCE_EVENTS = (
    r"(start|end|join|leave|mute|hold|modify|speaker|announcement)"
    r"( (start|end|join|leave|mute|hold|modify|speaker|announcement))*"
)
MACHINES = r"Enable|DetectMessageEnd"
TRIM = r"trim-silence|do-not-trim"


@dataclass(frozen=True, slots=True)
class Rule:
    """One element: the pattern that each attribute's whole value fits, the elements inside, and its own text's pattern
    (empty: it has none).
    """

    attributes: dict[str, str]
    children: frozenset[str] = frozenset()
    text: str = ""


def _rule(children: str = "", text: str = "", **attributes: str) -> Rule:
    """Names whose Python spelling differs end in an underscore, or have one where XML has a hyphen or a colon."""
    spelled = {"from_": "from", "for_": "for", "interpret_as": "interpret-as", "xml_lang": "xml:lang"}
    return Rule({spelled.get(n, n): form for n, form in attributes.items()}, frozenset(children.split()), text)


_MARKS = "break emphasis lang phoneme prosody say-as sub w"
_CALLED = {"url": URL, "method": METHOD}
_PROGRESS = {"statusCallback": URL, "statusCallbackMethod": METHOD, "statusCallbackEvent": CALL_EVENTS}
_RECORDED = {
    "recordingStatusCallback": URL,
    "recordingStatusCallbackMethod": METHOD,
    "recordingStatusCallbackEvent": RECORDING_EVENTS,
    "recordingConfigurationId": TEXT,
}
_MACHINE = {
    "machineDetection": MACHINES,
    "machineDetectionTimeout": POSITIVE,
    "machineDetectionSpeechThreshold": POSITIVE,
    "machineDetectionSpeechEndThreshold": POSITIVE,
    "machineDetectionSilenceTimeout": POSITIVE,
    "amdStatusCallback": URL,
    "amdStatusCallbackMethod": METHOD,
}
_STATUS = {"statusCallback": URL, "statusCallbackMethod": METHOD}
_SPOKEN = {
    "ttsProvider": TEXT,
    "voice": TEXT,
    "transcriptionProvider": TEXT,
    "speechModel": TEXT,
    "hints": TEXT,
    "ttsTextNormalization": r"on|auto|off",
    "ttsLanguageTextNormalization": TEXT,
    "asrSmartFormat": TEXT,
}

VERBS = (
    "Connect Dial Echo Enqueue Gather Hangup Leave Pause Pay Play Prompt Record Redirect Refer Reject "
    "Say Sms Start Stop"
)
RULES: dict[str, Rule] = {
    "Response": _rule(VERBS),
    # what is heard
    "Say": _rule(f"{_MARKS} p s", TEXT, voice=TEXT, language=LANGUAGE, loop=WHOLE),
    "Play": _rule(text=URL_OR_NONE, loop=WHOLE, digits=DIGITS),
    "Pause": _rule(length=WHOLE),
    "break": _rule(strength=r"none|x-weak|weak|medium|strong|x-strong", time=r"\d+(\.\d+)?m?s"),
    "emphasis": _rule(_MARKS, TEXT, level=r"strong|moderate|reduced"),
    "lang": _rule(f"{_MARKS} p s", TEXT, xml_lang=LANGUAGE),
    "p": _rule(f"{_MARKS} s", TEXT),
    "s": _rule(_MARKS, TEXT),
    "phoneme": _rule(text=TEXT, alphabet=r"ipa|x-sampa", ph=TEXT),
    "prosody": _rule(
        f"{_MARKS} p s",
        TEXT,
        volume=r"default|silent|x-soft|soft|medium|loud|x-loud|[+-]\d+(\.\d+)?dB",
        rate=r"x-slow|slow|medium|fast|x-fast|\d+%",
        pitch=r"default|x-low|low|medium|high|x-high|[+-]\d+(\.\d+)?%",
    ),
    "say-as": _rule(text=TEXT, interpret_as=r"[a-z-]+", format=r"[a-z]+"),
    "sub": _rule(text=TEXT, alias=TEXT),
    "w": _rule("break emphasis phoneme prosody say-as sub", TEXT, role=TEXT),
    # what is asked
    "Gather": _rule(
        "Say Play Pause",
        input=r"dtmf|speech|dtmf speech|speech dtmf",
        action=URL,
        method=METHOD,
        timeout=WHOLE,
        speechTimeout=r"\d{1,4}|auto",
        maxSpeechTime=POSITIVE,
        numDigits=POSITIVE,
        finishOnKey=r"[0-9*#]?",
        partialResultCallback=URL,
        partialResultCallbackMethod=METHOD,
        language=LANGUAGE,
        hints=TEXT,
        bargeIn=YES_NO,
        debug=YES_NO,
        actionOnEmptyResult=YES_NO,
        profanityFilter=YES_NO,
        speechModel=r"[\w./-]+",
        enhanced=YES_NO,
    ),
    "Record": _rule(
        action=URL,
        method=METHOD,
        timeout=WHOLE,
        finishOnKey=KEYS,
        maxLength=POSITIVE,
        playBeep=YES_NO,
        trim=TRIM,
        transcribe=YES_NO,
        transcribeCallback=URL,
        **_RECORDED,
    ),
    "Pay": _rule(
        "Prompt Parameter",
        input="dtmf",
        action=URL,
        bankAccountType=TEXT,
        timeout=POSITIVE,
        maxAttempts=POSITIVE,
        securityCode=YES_NO,
        postalCode=TEXT,
        minPostalCodeLength=WHOLE,
        paymentConnector=TEXT,
        paymentMethod=r"ach-debit|credit-card",
        tokenType=r"one-time|reusable|payment-method",
        chargeAmount=r"\d+(\.\d+)?",
        currency=r"[a-z]{3}",
        description=TEXT,
        validCardTypes=TEXT,
        language=LANGUAGE,
        **_STATUS,
    ),
    "Prompt": _rule(
        "Say Play Pause", for_=TEXT, errorType=TEXT, cardType=TEXT, attempt=TEXT, requireMatchingInputs=YES_NO
    ),
    # who is reached
    "Dial": _rule(
        "Number Client Conference Queue Sim Sip Application WhatsApp",
        r"(\+[1-9]\d{7,14})?",
        action=URL,
        method=METHOD,
        timeout=POSITIVE,
        hangupOnStar=YES_NO,
        timeLimit=POSITIVE,
        callerId=r"\+[1-9]\d{7,14}|client:.+",
        record=r"do-not-record|record-from-answer|record-from-ringing|record-from-answer-dual|record-from-ringing-dual"
        r"|true|false",
        recordingTrack=r"both|inbound|outbound",
        trim=TRIM,
        answerOnBridge=YES_NO,
        ringTone=r"[a-z-]+",
        sequential=YES_NO,
        referUrl=URL,
        referMethod=METHOD,
        events=TEXT,
        passports=TEXT,
        **_RECORDED,
    ),
    "Number": _rule(text=NUMBER, sendDigits=DIGITS, byoc=r"BY[0-9a-f]{32}", **_CALLED, **_PROGRESS, **_MACHINE),
    "Client": _rule("Identity Parameter", TEXT, **_CALLED, **_PROGRESS),
    "Identity": _rule(text=NAME),
    "Conference": _rule(
        text=NAME,
        muted=YES_NO,
        beep=r"true|false|onEnter|onExit",
        startConferenceOnEnter=YES_NO,
        endConferenceOnExit=YES_NO,
        waitUrl=URL_OR_NONE,
        waitMethod=METHOD,
        maxParticipants=POSITIVE,
        record=r"do-not-record|record-from-start",
        region=r"[a-z0-9-]+",
        coach=r"CA[0-9a-f]{32}",
        trim=TRIM,
        statusCallbackEvent=CONFERENCE_EVENTS,
        eventCallbackUrl=URL,
        jitterBufferSize=r"large|medium|small|off",
        participantLabel=NAME,
        **_STATUS,
        **_RECORDED,
    ),
    "Queue": _rule(text=NAME, reservationSid=TEXT, postWorkActivitySid=TEXT, **_CALLED),
    "Sim": _rule(text=r"(DE|HS)[0-9a-f]{32}"),
    "Sip": _rule("Uri Headers", TEXT, username=TEXT, password=TEXT, **_CALLED, **_PROGRESS, **_MACHINE),
    "Uri": _rule(text=TEXT, priority=WHOLE, weight=WHOLE, username=TEXT, password=TEXT),
    "Headers": _rule("Header"),
    "Header": _rule(name=TEXT, value=TEXT),
    "Application": _rule(
        "ApplicationSid Parameter", TEXT, customerId=TEXT, copyParentTo=YES_NO, **_CALLED, **_PROGRESS
    ),
    "ApplicationSid": _rule(text=r"AP[0-9a-f]{32}"),
    "WhatsApp": _rule(text=NUMBER, **_CALLED, **_PROGRESS),
    "Enqueue": _rule(
        "Task",
        r"(?s).{0,64}",
        action=URL,
        method=METHOD,
        waitUrl=URL_OR_NONE,
        waitUrlMethod=METHOD,
        workflowSid=r"WW[0-9a-f]{32}",
        maxQueueSize=POSITIVE,
    ),
    "Task": _rule(text=TEXT, priority=WHOLE, timeout=WHOLE),
    "Leave": _rule(),
    "Refer": _rule("Sip ReferSip", action=URL, method=METHOD),
    "ReferSip": _rule(text=TEXT),
    # where the call goes
    "Redirect": _rule(text=URL, method=METHOD),
    "Hangup": _rule("Parameter"),
    "Reject": _rule("Parameter", reason=r"rejected|busy"),
    "Echo": _rule(),
    "Sms": _rule(text=TEXT, to=NUMBER, from_=NUMBER, action=URL, method=METHOD, statusCallback=URL),
    # streams and machines
    "Connect": _rule(
        "Room Stream VirtualAgent Conversation ConversationRelay ConversationRelaySession AiSession Autopilot",
        action=URL,
        method=METHOD,
    ),
    "Room": _rule(text=NAME, participantIdentity=TEXT),
    "Autopilot": _rule(text=TEXT),
    "AiSession": _rule(aiConnector=TEXT, aiSessionConfiguration=TEXT),
    "ConversationRelaySession": _rule(connector=TEXT, sessionConfiguration=TEXT),
    "VirtualAgent": _rule(
        "Config Parameter", connectorName=TEXT, language=LANGUAGE, sentimentAnalysis=YES_NO, **_STATUS
    ),
    "Config": _rule(name=TEXT, value=TEXT),
    "Parameter": _rule(name=TEXT, value=TEXT),
    "Conversation": _rule(
        serviceInstanceSid=r"IS[0-9a-f]{32}",
        inboundAutocreation=YES_NO,
        routingAssignmentTimeout=WHOLE,
        inboundTimeout=WHOLE,
        url=URL,
        method=METHOD,
        record=TEXT,
        trim=TRIM,
        statusCallbackEvent=TEXT,
        **_STATUS,
        **_RECORDED,
    ),
    "ConversationRelay": _rule(
        "Language Parameter",
        url=URL,
        language=LANGUAGE,
        ttsLanguage=LANGUAGE,
        transcriptionLanguage=LANGUAGE,
        welcomeGreeting=TEXT,
        welcomeGreetingInterruptible=TEXT,
        interruptible=TEXT,
        interruptSensitivity=r"high|medium|low",
        dtmfDetection=YES_NO,
        profanityFilter=YES_NO,
        preemptible=YES_NO,
        partialPrompts=YES_NO,
        partialPromptOnHangup=YES_NO,
        reportInputDuringAgentSpeech=TEXT,
        intelligenceService=TEXT,
        elevenlabsTextNormalization=r"on|auto|off",
        elevenlabsLanguageTextNormalization=TEXT,
        turnDetection=TEXT,
        eagerEotThreshold=TEXT,
        echoPromptFiltering=TEXT,
        applicationReconnect=TEXT,
        includeInPrompt=TEXT,
        customerName=TEXT,
        events=TEXT,
        debug=TEXT,
        speechTimeout=TEXT,
        ignoreBackchannel=TEXT,
        backgroundNoiseReduction=TEXT,
        deepgramSmartFormat=TEXT,
        **_SPOKEN,
    ),
    "Language": _rule(code=TEXT, **_SPOKEN),
    "Start": _rule("Stream Siprec Transcription Recording", action=URL, method=METHOD),
    "Stop": _rule("Stream Siprec Transcription Recording"),
    "Stream": _rule(
        "Parameter",
        name=TEXT,
        connectorName=TEXT,
        url=URL,
        track=r"inbound_track|outbound_track|both_tracks",
        audioFormat=TEXT,
        sampleRate=WHOLE,
        **_STATUS,
    ),
    "Siprec": _rule(
        "Parameter", name=TEXT, connectorName=TEXT, track=r"inbound_track|outbound_track|both_tracks", **_STATUS
    ),
    "Transcription": _rule(
        "Config Parameter",
        name=TEXT,
        track=r"inbound_track|outbound_track|both_tracks",
        statusCallbackUrl=URL,
        statusCallbackMethod=METHOD,
        inboundTrackLabel=TEXT,
        outboundTrackLabel=TEXT,
        partialResults=YES_NO,
        languageCode=TEXT,
        transcriptionEngine=r"google|deepgram",
        profanityFilter=YES_NO,
        speechModel=TEXT,
        hints=TEXT,
        enableAutomaticPunctuation=YES_NO,
        intelligenceService=TEXT,
    ),
    "Recording": _rule(name=TEXT, channels=r"mono|dual", track=r"both|inbound|outbound", trim=TRIM, **_RECORDED),
}

# Within a queue's waiting document, and in the document that a queued caller hears before joining.
WAITING_VERBS = frozenset("Say Play Pause Hangup Redirect Leave Gather".split())
JOINING_VERBS = frozenset("Say Play Pause Redirect".split())

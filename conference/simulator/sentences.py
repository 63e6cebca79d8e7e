"""The plain words for each operation of Telnyx's API: what the line asks Telnyx to do.

{who}: the callers concerned, or "somebody". {everyone}: the callers concerned, or "everyone", for
an operation on a whole conference. A TeXML update has a sentence for each field that it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OPERATIONS: Mapping[str, str] = {
    # calls
    "DialCall": "call {who}",
    "AnswerCall": "answer {who}",
    "HangupCall": "hang up {who}",
    "RetrieveCallStatus": "show the call of {who}",
    "UpdateClientState": "store notes on {who}, in case the line restarts",
    "SpeakCall": "speak to {who}",
    "StartCallPlayback": "play a sound to {who}",
    "StopCallPlayback": "stop the sound for {who}",
    "SendDTMF": "send tones to {who}",
    "GatherCall": "wait for keys from {who}",
    "GatherUsingAudio": "play a prompt to {who} and wait for keys",
    "GatherUsingSpeak": "ask {who} for keys",
    "StopCallGather": "wait no longer for keys from {who}",
    "StartCallRecord": "record {who}",
    "StopCallRecording": "stop recording {who}",
    "PauseCallRecording": "pause the recording of {who}",
    "ResumeCallRecording": "resume the recording of {who}",
    "EnqueueCall": "put {who} into a queue",
    "LeaveQueue": "take {who} out of the queue",
    # conferences
    "CreateConference": "create the conference with {who} in it",
    "ListConferences": "list the conferences",
    "RetrieveConference": "show the conference",
    "EndConference": "end the conference",
    "ListConferenceParticipants": "list the participants",
    "RetrieveConferenceParticipant": "show the details of {who}",
    "UpdateConferenceParticipant": "change the settings of {who}",
    "UpdateConference": "change who hears {who}",
    "JoinConference": "join {who} to the conference",
    "LeaveConference": "take {who} out of the conference",
    "HoldConferenceParticipants": "hold {everyone}, with music",
    "UnholdConferenceParticipants": "unhold {everyone}",
    "MuteConferenceParticipants": "mute {everyone}",
    "UnmuteConferenceParticipants": "unmute {everyone}",
    "PlayConferenceAudio": "play a sound to {everyone}",
    "StopConferenceAudio": "stop the sound for {everyone}",
    "SpeakTextToConference": "speak to {everyone}",
    "ConferenceSendDTMF": "send tones to {everyone}",
    "ConferenceGatherUsingAudio": "play a prompt to {who} and wait for keys",
    "StartConferenceRecording": "record the conference",
    "StopConferenceRecording": "stop recording the conference",
    "PauseConferenceRecording": "pause the recording of the conference",
    "ResumeConferenceRecording": "resume the recording of the conference",
    # queues
    "ListQueues": "list the queues",
    "CreateQueue": "create a queue",
    "RetrieveCallQueue": "show a queue",
    "UpdateQueue": "change a queue",
    "DeleteQueue": "delete a queue",
    "ListQueueCalls": "list the calls in a queue",
    "RetrieveCallFromQueue": "show the place of {who} in a queue",
    "UpdateCallInQueue": "change the place of {who} in a queue",
    "RemoveQueueCall": "remove {who} from a queue",
    # the account
    "ListConnectionActiveCalls": "list the calls",
    "ListRecordings": "list the recordings",
    "RetrieveRecording": "show a recording",
    "DeleteRecording": "delete a recording",
    "ListCallControlApplications": "list the applications",
    "CreateCallControlApplication": "create an application",
    "RetrieveCallControlApplication": "show the application",
    "UpdateCallControlApplication": "change the application",
    "DeleteCallControlApplication": "delete the application",
    "ListPhoneNumbers": "list the phone numbers",
    "RetrievePhoneNumber": "show a phone number",
    "RetrievePhoneNumberVoice": "show the voice settings of a phone number",
    "UpdatePhoneNumber": "change a phone number",
    "ListOutboundVoiceProfiles": "list the outbound voice profiles",
    "CreateVoiceProfile": "create an outbound voice profile",
    "GetOutboundVoiceProfile": "show an outbound voice profile",
    "UpdateOutboundVoiceProfile": "change an outbound voice profile",
    "DeleteOutboundVoiceProfile": "delete an outbound voice profile",
    "GetWebhookDeliveries": "list the deliveries of webhooks",
    "GetWebhookDelivery": "show the delivery of a webhook",
    "GetUserBalance": "show the balance",
    "Whoami": "show whose key it is",
    "RetrievePublicKey": "show its public key",
    "CreateNumbersFeature": "show what numbers can do",
    # TeXML
    "GetTexmlConferences": "list the conferences",
    "GetTexmlConference": "show the conference",
    "UpdateTexmlConference": "change the conference",
    "UpdateTexmlConference AnnounceUrl": "play a sound to everyone",
    "UpdateTexmlConference Status": "end the conference",
    "GetTexmlConferenceParticipants": "list the participants",
    "GetTexmlConferenceParticipant": "show the details of {who}",
    "DialTexmlConferenceParticipant": "call {who}",
    "DeleteTexmlConferenceParticipant": "hang up {who}",
    "UpdateTexmlConferenceParticipant": "change the settings of {who}",
    "UpdateTexmlConferenceParticipant Hold": "hold {who}, with music",
    "UpdateTexmlConferenceParticipant Hold=false": "unhold {who}",
    "UpdateTexmlConferenceParticipant Muted": "mute {who}",
    "UpdateTexmlConferenceParticipant Muted=false": "unmute {who}",
    "UpdateTexmlConferenceParticipant AnnounceUrl": "play a sound to {who}",
    "UpdateTexmlConferenceParticipant Coaching": "let {who} speak to one participant only",
    "UpdateTexmlConferenceParticipant Coaching=false": "let {who} speak to everyone again",
    "GetTexmlConferenceRecordings": "list the recordings",
    "FetchTeXMLConferenceRecordings": "list the recordings",
    "GetTexmlCalls": "list the calls",
    "GetTexmlCall": "show the call of {who}",
    "UpdateTexmlCall": "change the call of {who}",
    "UpdateTexmlCall Status": "hang up {who}",
    "GetTeXMLCallRecordings": "list the recordings",
    "GetTeXMLCallRecording": "show a recording",
    "DeleteTeXMLCallRecording": "delete a recording",
    "FindTexmlApplications": "list the TeXML applications",
    "CreateTexmlApplication": "create a TeXML application",
    "GetTexmlApplication": "show the TeXML application",
    "UpdateTexmlApplication": "change the TeXML application",
    "DeleteTexmlApplication": "delete the TeXML application",
}


def request(operation: str, names: Sequence[str]) -> str:
    """Return the words that follow "ask Telnyx to". operation: as in the simulator's Happened."""
    if operation not in OPERATIONS:  # a method and path that no operation has
        return f"carry out {operation}"
    named = joined(names)
    return OPERATIONS[operation].format(who=named or "somebody", everyone=named or "everyone")


def joined(names: Sequence[str]) -> str:
    """Join names as a sentence does: "", "Ann", "Ann and Bob", "Ann, Bob and Cleo"."""
    *others, last = names or ("",)
    return f"{', '.join(others)} and {last}" if others else last

"""Every word a person reads: gettext catalogues, one file a language; English keys are the message ids."""

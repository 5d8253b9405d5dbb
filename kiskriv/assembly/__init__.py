"""The only place that names concrete parts: one file for each process, and the desk at which a screen holds consultations.

desk     what a screen or a script is given: consultations in rooms      host · room · engine · microphone   the processes
alone    the same in one process, where a system has no rooms            parts                               what they are made of
"""

"""Letters of other bodies: who sends them."""

from pepa.words import N_, Choice


class Body(Choice):
    """What kind of body a letter came from."""

    POLICE = "police", N_("Kepolisian")
    HOSPITAL = "hospital", N_("Rumah sakit")
    HEALTH_CENTRE = "health_centre", N_("Puskesmas")
    SCHOOL = "school", N_("Sekolah")
    SAPA = "sapa", N_("SAPA 129")
    SOCIAL_AFFAIRS = "social_affairs", N_("Dinas Sosial")
    PROVINCE = "province", N_("UPTD PPA provinsi atau daerah lain")
    OTHER = "other", N_("Lembaga lain")

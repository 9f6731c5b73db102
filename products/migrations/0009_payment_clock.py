"""Payments get a clock: an order or bid can lapse. New checks first hold for new rows only."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0012_names_and_hosts_fit_units'),
        ('customers', '0001_initial'),
        ('products', '0008_what_the_jobs_look_for'),
        ('suitability', '0007_professional_investors_and_disclosures'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='bid',
            name='a_bid_has_amount_and_status',
        ),
        migrations.RemoveConstraint(
            model_name='bid',
            name='what_counts_in_a_book_is_paid',
        ),
        migrations.RemoveConstraint(
            model_name='order',
            name='an_order_has_a_known_status',
        ),
        migrations.RemoveConstraint(
            model_name='order',
            name='nothing_is_bought_before_it_is_paid',
        ),
        migrations.AddField(
            model_name='bid',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='request for the money withdrawn at'),
        ),
        migrations.AddField(
            model_name='order',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='request for the money withdrawn at'),
        ),
        migrations.AlterField(
            model_name='bid',
            name='status',
            field=models.CharField(choices=[('placed', 'placed'), ('paid', 'paid'), ('unpaid', 'not paid'), ('lapsed', 'ended without an answer about the money'), ('withdrawn', 'taken back'), ('allotted', 'allotted in full'), ('partly', 'allotted in part'), ('nothing', 'nothing allotted')], default='placed', max_length=9, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='order',
            name='status',
            field=models.CharField(choices=[('placed', 'placed'), ('paid', 'paid'), ('unpaid', 'not paid'), ('lapsed', 'ended without an answer about the money'), ('sent', 'sent to the registrar'), ('confirmed', 'confirmed'), ('partly', 'confirmed in part'), ('rejected', 'rejected by the registrar'), ('cancelled', 'taken back')], default='placed', max_length=9, verbose_name='status'),
        ),
        AddConstraintNotValid(
            model_name='bid',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('status__in', ['placed', 'paid', 'unpaid', 'lapsed', 'withdrawn', 'allotted', 'partly', 'nothing'])), name='a_bid_has_amount_and_status'),
        ),
        AddConstraintNotValid(
            model_name='bid',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paid_at', None), ('status__in', ['placed', 'unpaid'])), ('status', 'lapsed'), models.Q(models.Q(('status__in', ['placed', 'unpaid', 'lapsed']), _negated=True), ('paid_at__isnull', False)), _connector='OR'), name='what_counts_in_a_book_is_paid'),
        ),
        AddConstraintNotValid(
            model_name='bid',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'lapsed'), _negated=True), ('revoked_at', None)), models.Q(('status', 'lapsed'), models.Q(('paid_at', None), ('revoked_at__isnull', False), _connector='OR')), _connector='OR'), name='only_a_bid_that_lapsed_is_revoked'),
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['placed', 'paid', 'unpaid', 'lapsed', 'sent', 'confirmed', 'partly', 'rejected', 'cancelled'])), name='an_order_has_a_known_status'),
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('side', 'redeem'), ('paid_at__isnull', False), ('status__in', ['placed', 'unpaid', 'lapsed', 'cancelled']), _connector='OR'), name='nothing_is_bought_before_it_is_paid'),
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'lapsed'), _negated=True), ('revoked_at', None)), models.Q(('status', 'lapsed'), models.Q(('paid_at', None), ('revoked_at__isnull', False), _connector='OR')), _connector='OR'), name='only_an_order_that_lapsed_is_revoked'),
        ),
    ]
